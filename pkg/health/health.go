// Package health serves a process's health over HTTP: /healthz while it is alive,
// /readyz when it can work, /metrics for Prometheus. On the gateway's address the same
// server serves everything else, once it is given a handler.
package health

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/logging"
)

// ErrStarting is why a process that waits for nothing else is not ready.
var ErrStarting = errors.New("this process is still starting")

// errUnwell is all that strangers read of why a process can't do its work: the reason
// may name an address, a host or a user of what runs behind it.
// An error that has a sentence for them (forStrangers) is the exception.
var errUnwell = errors.New("this process can't do all its work right now; its log says why")

// Server serves one address of a process. Its methods may be called concurrently.
type Server struct {
	setting  string
	listener net.Listener
	http     *http.Server
	public   bool // strangers reach it
	ready    atomic.Pointer[func() error]
	began    atomic.Bool
	rest     atomic.Pointer[rest] // nil before Handle
	ended    chan struct{}        // closed when Run has ended
	failed   error                // why it ended by itself; to be read after ended
}

// rest serves everything but the process's health.
type rest struct {
	handler http.Handler
	onState func(net.Conn, http.ConnState)
}

// Listen opens the address of a setting, so that its faults are found first. The error
// is a sentence that names the setting. If metrics is nil, another server serves the
// process's health.
func Listen(setting, addr string, metrics prometheus.Gatherer, log zerolog.Logger) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: the address %s is in use by another program; stop it, or set another one", setting, addr)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err // without the address, which is named
	}
	if err != nil {
		return nil, fmt.Errorf("%s: this machine can't listen on %s: %w", setting, addr, err)
	}
	s := &Server{setting: setting, listener: l, ended: make(chan struct{})}
	s.Waits(ErrStarting)
	mux := http.NewServeMux()
	if metrics != nil {
		mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "alive") })
		mux.HandleFunc("GET /readyz", s.readyz)
		mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	}
	mux.HandleFunc("/", s.other)
	s.http = &http.Server{
		Handler: s.closeUnreported(mux), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ConnState: s.connState, ConnContext: s.connContext, ErrorLog: logging.HTTP(log),
	}
	return s, nil
}

// ListenPublic is Listen for an address that strangers reach. They are told whether the
// process works, not why it doesn't: that is in its log, and on other servers. guard, if
// not nil, wraps everything that is served.
func ListenPublic(setting, addr string, metrics prometheus.Gatherer, guard func(http.Handler) http.Handler, log zerolog.Logger) (*Server, error) {
	s, err := Listen(setting, addr, metrics, log)
	if err != nil {
		return nil, err
	}
	s.public = true
	if guard != nil {
		s.http.Handler = guard(s.http.Handler)
	}
	return s, nil
}

// Addr returns where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Waits sets what the process waits for; it is not ready until Began.
func (s *Server) Waits(why error) { s.set(func() error { return why }) }

// Began marks the process as working from now on, as long as ready returns nil.
func (s *Server) Began(ready func() error) {
	s.began.Store(true)
	s.set(ready)
}

func (s *Server) set(ready func() error) { s.ready.Store(&ready) }

// unready returns nil, or why the process does not work, in words for those who reach
// this server.
func (s *Server) unready() error {
	err := (*s.ready.Load())()
	switch {
	case err == nil || !s.public:
		return err
	case !s.began.Load():
		return ErrStarting
	}
	if plain, ok := errors.AsType[forStrangers](err); ok {
		return errors.New(plain.ForStrangers())
	}
	return errUnwell
}

// forStrangers is an error with a sentence that tells nothing of what runs inside.
type forStrangers interface {
	error
	ForStrangers() string
}

// Handle makes the handler serve everything but the process's health from now on, and
// reports new connections to onState, as http.Server does to ConnState. Until then
// requests are answered with what the process waits for, or, on a public address, that it
// is starting. Call it once.
func (s *Server) Handle(handler http.Handler, onState func(net.Conn, http.ConnState)) {
	s.rest.Store(&rest{handler, onState})
}

func (s *Server) connState(c net.Conn, state http.ConnState) {
	if rest := s.rest.Load(); rest != nil {
		rest.onState(c, state)
	}
}

// unreported marks the context of a connection that is older than the handler.
type unreported struct{}

func (s *Server) connContext(ctx context.Context, _ net.Conn) context.Context {
	if s.rest.Load() == nil {
		ctx = context.WithValue(ctx, unreported{}, true)
	}
	return ctx
}

// closeUnreported closes connections that were not reported to onState with their next
// answer; otherwise they would be missing from its count for as long as they are used.
func (s *Server) closeUnreported(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.rest.Load() != nil && r.Context().Value(unreported{}) != nil {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := s.unready(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// other serves everything but the process's health, or says why it doesn't yet.
func (s *Server) other(w http.ResponseWriter, r *http.Request) {
	if rest := s.rest.Load(); rest != nil {
		rest.handler.ServeHTTP(w, r)
		return
	}
	if err := s.unready(); err != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	http.NotFound(w, r)
}

// Run serves until Shutdown, or until the context ends, which closes all connections.
// Then the listener is closed.
func (s *Server) Run(ctx context.Context) error {
	defer close(s.ended)
	defer context.AfterFunc(ctx, func() { _ = s.http.Close() })()
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.failed = fmt.Errorf("serve %s: %w", s.setting, err)
	}
	return s.failed
}

// Wait waits until Run has ended, and returns its result.
func (s *Server) Wait() error {
	<-s.ended
	return s.failed
}

// Shutdown accepts no more connections and waits for requests in progress until the
// context ends; then it closes their connections. Hijacked connections are left to
// their owners.
func (s *Server) Shutdown(ctx context.Context) {
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
}
