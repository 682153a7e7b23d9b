// Package health answers over HTTP how a process is: /healthz while it lives,
// /readyz when it can work, /metrics for Prometheus.
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
)

// ErrStarting is why a process is not ready that waits for nothing but itself.
var ErrStarting = errors.New("this process is still starting")

// Server is the listener of one process. Its methods may be called concurrently.
type Server struct {
	setting  string
	listener *net.TCPListener
	http     *http.Server
	ready    atomic.Pointer[func() error]
	served   chan struct{} // closed when Run has ended
}

// Listen opens the address that a setting names, so that what is wrong with it is
// found first. The error is a sentence that names the setting. With nil metrics the
// three are told elsewhere, and here only what the process waits for, to who asks
// for anything.
func Listen(setting, addr string, metrics prometheus.Gatherer) (*Server, error) {
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
	s := &Server{setting: setting, listener: l.(*net.TCPListener), served: make(chan struct{})}
	s.Waits(ErrStarting)
	mux := http.NewServeMux()
	if metrics != nil {
		mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "alive") })
		mux.HandleFunc("GET /readyz", s.readyz)
		mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	}
	mux.HandleFunc("/", s.other)
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 8 << 10}
	return s, nil
}

// Addr returns where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Waits says what the process waits for; it is not ready meanwhile. A nil s tells
// nobody.
func (s *Server) Waits(why error) { s.Began(func() error { return why }) }

// Began says that the process works from now on, as long as ready returns nil. A
// nil s tells nobody.
func (s *Server) Began(ready func() error) {
	if s != nil {
		s.ready.Store(&ready)
	}
}

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := (*s.ready.Load())(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// other answers who asks for what is not there (yet).
func (s *Server) other(w http.ResponseWriter, r *http.Request) {
	if err := (*s.ready.Load())(); err != nil {
		w.Header().Set("Retry-After", "2")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	http.NotFound(w, r)
}

// Run serves until the context ends, and closes the listener; or until somebody
// takes it over, see Handover.
func (s *Server) Run(ctx context.Context) error {
	defer close(s.served)
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(closed); _ = s.http.Close(); _ = s.listener.Close() })
	err := s.http.Serve(kept{s.listener})
	if !stop() {
		<-closed
	}
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", s.setting, err)
}
