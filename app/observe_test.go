package app

import (
	"errors"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/config"
)

// With HEALTH_ADDR the process's health is shown there and not on ADDR, where the
// gateway's handler serves everything as soon as there is one.
func TestAGatewayServesVisitorsAndProbesOnTheirOwnAddresses(t *testing.T) {
	s := &system{Config: config.Config{Addr: "127.0.0.1:0", HealthAddr: "127.0.0.1:0"}, log: zerolog.Nop()}
	end, err := s.observe(t.Context(), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	visitors, probes := "http://"+s.front.Addr(), "http://"+s.health[1].Addr()
	expect := func(url string, status int, body string) {
		t.Helper()
		resp, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if got, _ := io.ReadAll(resp.Body); resp.StatusCode != status || string(got) != body {
			t.Errorf("%s is answered %s: %q, want %d: %q", url, resp.Status, got, status, body)
		}
	}
	s.health.Waits(errors.New("waiting for NATS at nats://parley@nats-0.internal:4222"))
	expect(visitors+"/readyz", http.StatusServiceUnavailable, "this process is still starting\n")
	expect(visitors+"/api/login", http.StatusServiceUnavailable, "this process is still starting\n")
	expect(probes+"/readyz", http.StatusServiceUnavailable, "waiting for NATS at nats://parley@nats-0.internal:4222\n")
	gateway := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "the gateway's "+r.URL.Path) })
	s.front.Handle(gateway, func(net.Conn, http.ConnState) {})
	s.health.Began(func() error { return nil })
	expect(visitors+"/readyz", http.StatusOK, "the gateway's /readyz")
	expect(visitors+"/api/login", http.StatusOK, "the gateway's /api/login")
	expect(probes+"/readyz", http.StatusOK, "ready\n")
	expect(probes+"/api/login", http.StatusNotFound, "404 page not found\n")
}

// A page of another site whose name was made to resolve to this machine gets nothing,
// from the first moment on.
func TestAnotherSitesNameIsRefused(t *testing.T) {
	s := &system{Config: config.Config{Addr: "127.0.0.1:0"}, log: zerolog.Nop()}
	var err error
	if s.site, err = limit.NewSite("", "", s.Addr); err != nil {
		t.Fatal(err)
	}
	end, err := s.observe(t.Context(), "gateway")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	ask := func(host string, want int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+s.front.Addr()+"/ws", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q is answered %s, want %d", host, resp.Status, want)
		}
	}
	ask("evil.example", http.StatusMisdirectedRequest)
	ask("", http.StatusServiceUnavailable)
	s.front.Handle(http.NotFoundHandler(), func(net.Conn, http.ConnState) {})
	ask("evil.example", http.StatusMisdirectedRequest)
	ask("localhost", http.StatusNotFound)
}
