package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/web"
	"github.com/parley-chat/parley/web/server"
)

// gateway is what answers in the place of one.
type gateway struct {
	url    string
	answer atomic.Pointer[func(http.ResponseWriter, *http.Request)]
}

func startGateway(t *testing.T, answer func(http.ResponseWriter, *http.Request)) *gateway {
	t.Helper()
	g := &gateway{}
	g.answer.Store(&answer)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*g.answer.Load())(w, r) }))
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

func (g *gateway) says(answer func(http.ResponseWriter, *http.Request)) { g.answer.Store(&answer) }

// face answers as a gateway does, at one address and host only.
func face(at, host, face string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != at || host != "" && r.Host != host {
			http.NotFound(w, r)
			return
		}
		_, _ = fmt.Fprintf(w, `{"visitor_auth":"claim","face":%s}`, face)
	}
}

// running is a web server that runs.
type running struct {
	t    *testing.T
	url  string
	stop func() error
}

func start(t *testing.T, change func(*server.Options)) *running {
	t.Helper()
	registry := prometheus.NewRegistry()
	front, err := health.Listen("ADDR", "127.0.0.1:0", registry, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	serving, end := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- front.Run(serving) }()
	started := make(chan struct{})
	opts := server.Options{Server: front, Files: web.Files, Metrics: registry, Log: zerolog.Nop(), AskEvery: 20 * time.Millisecond, First: []byte(`{"bot":"First"}`), Started: func() {
		front.Began(func() error { return nil })
		close(started)
	}}
	change(&opts)
	w, err := server.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- w.Run(ctx) }()
	select {
	case <-started:
	case err := <-ran:
		t.Fatalf("it ended: %v", err)
	case <-time.After(bustest.Patience):
		t.Fatal("it does not start")
	}
	r := &running{t: t, url: "http://" + front.Addr()}
	r.stop = func() error { stop(); err := <-ran; end(); <-served; return err }
	t.Cleanup(func() { stop(); end() })
	return r
}

func (r *running) get(path string) (*http.Response, string) {
	r.t.Helper()
	answer, err := http.Get(r.url + path)
	if err != nil {
		r.t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		r.t.Fatal(err)
	}
	return answer, string(body)
}

func (r *running) wears(what string) bool {
	_, page := r.get("/")
	return strings.Contains(page, `<meta name="face" content="`+what+`">`)
}

const lumi, maya = `{&#34;bot&#34;:&#34;Lumi&#34;}`, `{&#34;bot&#34;:&#34;Maya&#34;}`

func TestItServesThePagesAndNothingElse(t *testing.T) {
	g := startGateway(t, face("/api/config", "", `{"bot":"Lumi"}`))
	r := start(t, func(o *server.Options) { o.Gateway, o.FrameAncestors = g.url, []string{"https://shop.example"} })
	for _, page := range []string{"/", "/agent", "/agent/settings", "/ops", "/embed", "/widget.js", "/static/icons/chat.svg", "/healthz", "/readyz", "/metrics"} {
		if answer, _ := r.get(page); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", page, answer.StatusCode)
		}
	}
	answer, _ := r.get("/")
	if got := answer.Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "frame-ancestors 'self' https://shop.example") || !strings.Contains(got, "wss://"+answer.Request.URL.Host) {
		t.Errorf("the policy is %s", got)
	}
	for _, path := range []string{"/ws", "/ws/agent", "/api", "/api/config", "/api/login"} {
		answer, body := r.get(path)
		if answer.StatusCode != http.StatusNotFound || !strings.Contains(body, "belongs to a gateway") || answer.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, %s", path, answer.StatusCode, body)
		}
	}
	// What a proxy leads here in good order is no stray: any stranger could raise an alarm
	// with it. (A path such as //api is first sent on to /api, which a proxy leads elsewhere.)
	for _, path := range []string{"/nothing", "/apis"} {
		if answer, body := r.get(path); answer.StatusCode != http.StatusNotFound || strings.Contains(body, "belongs to a gateway") {
			t.Errorf("%s: %d, %s", path, answer.StatusCode, body)
		}
	}
	_, figures := r.get("/metrics")
	for answer, n := range map[string]int{"broken": 0, "refused": 2, "sent": 8, "stray": 5, "unchanged": 0} {
		if line := fmt.Sprintf("parley_web_answers_total{answer=%q} %d\n", answer, n); !strings.Contains(figures, line) {
			t.Errorf("not among the metrics: %s", line)
		}
	}
	if err := r.stop(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// No page is served before it is known how it looks, or that nobody says so.
func TestTheFaceComesFirst(t *testing.T) {
	var started atomic.Bool
	answer := face("/api/config", "", `{"bot":"Lumi"}`)
	g := startGateway(t, func(w http.ResponseWriter, r *http.Request) {
		<-time.After(50 * time.Millisecond) // for whoever does not wait
		if started.Load() {
			t.Error("pages are served already")
		}
		answer(w, r)
	})
	r := start(t, func(o *server.Options) {
		began := o.Started
		o.Gateway, o.Patience, o.AskEvery, o.Started = g.url, bustest.Patience, time.Hour, func() { started.Store(true); began() }
	})
	if !r.wears(lumi) {
		t.Error("the first page has another face")
	}
}

// The face is asked for below the base path, by the name of the site, and followed.
func TestThePagesWearTheGatewaysFace(t *testing.T) {
	g := startGateway(t, face("/chat/api/config", "chat.example.org", `{"bot": "Lumi"}`))
	r := start(t, func(o *server.Options) {
		o.Gateway, o.GatewayHost, o.Base, o.Patience = g.url, "chat.example.org", "/chat", bustest.Patience
		o.Below = func(next http.Handler) http.Handler { return http.StripPrefix("/chat", next) }
	})
	r.url += "/chat"
	if !r.wears(lumi) {
		t.Error("the first page has another face")
	}
	if _, page := r.get("/agent"); !strings.Contains(page, lumi) || !strings.Contains(page, `<meta name="base" content="/chat">`) {
		t.Error("the console, below the base path, has another face")
	}
	g.says(face("/chat/api/config", "chat.example.org", `{"bot":"Maya"}`))
	bustest.Eventually(t, "a changed face is on the pages", func() bool { return r.wears(maya) })
}

// Pages are served whatever the gateways do, and none of it is ever taken for a face.
func TestWithoutAGatewayThePagesGoOn(t *testing.T) {
	down := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "starting", http.StatusServiceUnavailable) }
	g := startGateway(t, down)
	r := start(t, func(o *server.Options) { o.Gateway = g.url })
	if !r.wears(`{&#34;bot&#34;:&#34;First&#34;}`) {
		t.Error("without a gateway the pages don't come as the environment has them")
	}
	if answer, _ := r.get("/readyz"); answer.StatusCode != http.StatusOK {
		t.Errorf("it is not ready without a gateway: %d", answer.StatusCode)
	}
	g.says(face("/api/config", "", `{"bot":"Lumi"}`))
	bustest.Eventually(t, "the face comes with the gateway", func() bool { return r.wears(lumi) })
	asked := make(chan string, 100)
	for _, answer := range []func(http.ResponseWriter, *http.Request){
		down,
		func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "<!doctype html>Welcome to nginx")
		},
		func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"face":"none"}`) },
		func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"visitor_auth":"claim"}`) },
		func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"face":{"bot":"`+strings.Repeat("x", 70_000)+`"}}`)
		},
		func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/config" {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			_, _ = io.WriteString(w, `{"face":{"bot":"Maya"}}`)
		},
	} {
		g.says(func(w http.ResponseWriter, r *http.Request) {
			select {
			case asked <- r.URL.Path:
			default:
			}
			answer(w, r)
		})
		for len(asked) > 0 {
			<-asked
		}
		for range 4 { // the first may have been answered while this was set, and one may be two requests
			select {
			case <-asked:
			case <-time.After(bustest.Patience):
				t.Fatal("it asks no more")
			}
		}
		if !r.wears(lumi) {
			t.Fatal("what is no face was taken for one")
		}
	}
}
