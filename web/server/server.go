package server

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/pages"
)

// Options of a web server.
type Options struct {
	// Server serves ADDR and must be running. The web server gives it its handler, and
	// shuts it down at its end.
	Server *health.Server
	// Files are what browsers load.
	Files fs.FS
	// FrameAncestors, Base and Hosts are those of pages.Options.
	FrameAncestors []string
	Base           string
	Hosts          func(*http.Request) []string
	// Below serves a handler below the base path; nil: the handler as it is.
	Below func(http.Handler) http.Handler
	// Bound returns the http.Server's ConnState, which bounds how many connections there
	// are. It has each that it closes counted by why; nil: there is no bound.
	Bound func(shed func(reason string)) func(net.Conn, http.ConnState)
	// Gateway is the address of a gateway, or of a proxy in front of several: scheme and
	// host. GatewayHost is the Host that it is asked by; empty: that of Gateway.
	Gateway, GatewayHost string
	// First is the face, as JSON, until a gateway was asked.
	First []byte
	// AskEvery is how old the face may be that a page comes with; 0: five seconds. What is
	// older by then is what the page itself learns from its gateway.
	AskEvery time.Duration
	// Patience is how long the start waits for the face; 0: two seconds. Then pages are
	// served as the environment has them, until a gateway answers.
	Patience time.Duration

	Metrics prometheus.Registerer
	Log     zerolog.Logger
	// Started, if not nil, is called once, when the pages are served.
	Started func()
}

// Web is one replica of the role.
type Web struct {
	opts    Options
	pages   *pages.Pages
	faces   *faces
	metrics *metrics
	strays  outage.Sampled // log lines on requests that are for gateways
}

// New returns a web server that serves nothing before Run. The error names a page that is
// missing.
func New(opts Options) (*Web, error) {
	files, err := pages.New(opts.Files, pages.Options{Face: opts.First, FrameAncestors: opts.FrameAncestors, Base: opts.Base, Hosts: opts.Hosts})
	if err != nil {
		return nil, fmt.Errorf("load the pages: %w", err)
	}
	m := newMetrics(opts.Metrics)
	w := &Web{opts: opts, pages: files, metrics: m, strays: outage.Sampled{Every: time.Minute}}
	w.faces = newFaces(opts, files.Wear, m)
	return w, nil
}

const patience = 2 * time.Second

// Run serves until the context ends. Then it accepts no more connections, and answers what
// it was asked already.
func (w *Web) Run(ctx context.Context) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	work, failed := errgroup.WithContext(serving)
	work.Go(func() error { w.faces.run(failed); return nil })
	w.faces.await(ctx, cmp.Or(w.opts.Patience, patience))
	bound := func(net.Conn, http.ConnState) {}
	if w.opts.Bound != nil {
		bound = w.opts.Bound(w.metrics.shed)
	}
	w.opts.Server.Handle(w.handler(), bound)
	work.Go(w.opts.Server.Wait)
	if w.opts.Started != nil {
		w.opts.Started()
	}
	select {
	case <-ctx.Done():
	case <-failed.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	w.opts.Server.Shutdown(closing)
	stop()
	return work.Wait()
}

// handler counts what it answers, and says where requests belong that are for gateways.
func (w *Web) handler() http.Handler {
	counted := http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		if forGateways(r.URL.Path) {
			w.metrics.answers.WithLabelValues(stray).Inc()
			w.strays.Line(stray, w.opts.Log.Warn()).Str("path", shown(r.URL.Path)).
				Msg("a request for a gateway came here: have the proxy send /ws and /api, with all that is below them, to the gateways; nobody can chat otherwise")
			h := to.Header()
			h.Set("Content-Type", "application/json; charset=utf-8")
			h.Set("Cache-Control", "no-store")
			h.Set("X-Content-Type-Options", "nosniff")
			to.WriteHeader(http.StatusNotFound)
			_, _ = to.Write([]byte(strayBody)) // on an error the client is gone
			return
		}
		answer := &counter{ResponseWriter: to}
		w.pages.ServeHTTP(answer, r)
		w.metrics.answers.WithLabelValues(kindOf(answer.status)).Inc()
	})
	if w.opts.Below == nil {
		return counted
	}
	return w.opts.Below(counted)
}

const strayBody = `{"code":"not_found","message":"Only the pages are served here. This address belongs to a gateway."}` + "\n"

// forGateways reports whether only a gateway answers a path.
func forGateways(at string) bool {
	return at == "/ws" || strings.HasPrefix(at, "/ws/") || at == "/api" || strings.HasPrefix(at, "/api/")
}

// shown is as much of a path as a log line has.
func shown(at string) string {
	return strings.ToValidUTF8(at[:min(len(at), 100)], "")
}

// counter remembers how a request was answered.
type counter struct {
	http.ResponseWriter
	status int
}

func (c *counter) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}
