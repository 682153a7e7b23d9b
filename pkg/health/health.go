// Package health answers over HTTP how a process is that serves nothing else:
// /healthz while it lives, /readyz when it can work, /metrics for Prometheus.
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

// Server is the listener of one process. Its methods may be called concurrently.
type Server struct {
	listener net.Listener
	http     *http.Server
	ready    atomic.Pointer[func() error]
}

// Listen opens the address, so that what is wrong with it is found first. The
// error is a sentence that names the setting.
func Listen(addr string, metrics prometheus.Gatherer) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the address %s is in use by another program; set HEALTH_ADDR to another one", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("can't listen on HEALTH_ADDR: %w", err)
	}
	s := &Server{listener: l}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", s.readyz)
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	s.http = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, MaxHeaderBytes: 8 << 10}
	return s, nil
}

// Addr returns where it listens.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Began says that the process works from now on, as long as ready returns nil.
// Before that it is not ready.
func (s *Server) Began(ready func() error) { s.ready.Store(&ready) }

func (s *Server) readyz(w http.ResponseWriter, _ *http.Request) {
	err := errors.New("this process is still starting")
	if ready := s.ready.Load(); ready != nil {
		err = (*ready)()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// Run serves until the context ends, and closes the listener.
func (s *Server) Run(ctx context.Context) error {
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(closed); _ = s.http.Close() })
	err := s.http.Serve(s.listener)
	if !stop() {
		<-closed
	}
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve HEALTH_ADDR: %w", err)
}
