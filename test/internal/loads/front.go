// Package loads has pages loaded as browsers load them, through a proxy as an Ingress is,
// and finds those that could not be loaded or are of two versions.
package loads

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"strings"
)

// Front is a proxy on loopback that sends /ws and /api to the gateways and all else to the
// pages' own role, as the Ingress of the production overlay does.
type Front struct {
	URL    string
	server *http.Server
	done   chan struct{}
}

// StartFront starts one. Each request goes to one of the addresses (host:port), and a
// request that none answers is answered with 502. Close ends it.
func StartFront(gateways, pages []string) (*Front, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a proxy: %w", err)
	}
	to := func(addresses []string) http.Handler {
		return &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = "http", addresses[rand.IntN(len(addresses))], r.In.Host
			},
			ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
				http.Error(w, err.Error(), http.StatusBadGateway)
			},
		}
	}
	toGateways, toPages := to(gateways), to(pages)
	f := &Front{URL: "http://" + l.Addr().String(), done: make(chan struct{}), server: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path := r.URL.Path + "/"; strings.HasPrefix(path, "/ws/") || strings.HasPrefix(path, "/api/") {
			toGateways.ServeHTTP(w, r)
			return
		}
		toPages.ServeHTTP(w, r)
	})}}
	go func() { defer close(f.done); _ = f.server.Serve(l) }()
	return f, nil
}

// Close closes it with its connections, and returns once it serves no more.
func (f *Front) Close() {
	_ = f.server.Close()
	<-f.done
}
