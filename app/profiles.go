package app

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"

	"github.com/parley-chat/parley/pkg/health"
)

// serveProfiles serves profiles of this process on PPROF_ADDR, a loopback address, until
// end is called. No other server of the process has them.
func (s *system) serveProfiles(ctx context.Context) (addr string, end func(), err error) {
	server, err := health.Listen("PPROF_ADDR", s.PprofAddr, nil, s.log)
	if err != nil {
		return "", nil, err
	}
	server.Handle(profiles(), func(net.Conn, http.ConnState) {})
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("profiles are no longer served")
		}
	}()
	return server.Addr(), func() { stop(); <-done }, nil
}

// profiles answers below /debug/pprof/. A page of a site whose name was made to resolve
// to this machine gets nothing: only names of this machine are answered.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ofThisMachine(r.Host) {
			http.Error(w, "profiles are for this machine only", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// ofThisMachine reports whether a request's host is this machine's own name or loopback
// address.
func ofThisMachine(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
