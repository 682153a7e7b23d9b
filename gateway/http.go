package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	stdlog "log"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/gateway/pages"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// The subprotocols of the two WebSocket endpoints.
const (
	visitorProtocol = "parley.v1"
	agentProtocol   = "parley.agent.v1"
)

// writeBuffers are shared by all sockets: one is needed only while a frame is
// being written.
var writeBuffers = sync.Pool{}

func upgrader(protocol string) *websocket.Upgrader {
	return &websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 2048, WriteBufferPool: &writeBuffers, Subprotocols: []string{protocol},
		CheckOrigin: func(*http.Request) bool { return true }, // checked before, by our own rules
	}
}

// handler routes what comes over HTTP. serving ends with the gateway.
func (g *Gateway) handler(serving context.Context) (http.Handler, error) {
	files, err := pages.New(g.opts.Pages, pages.Options{Visitor: "index.html", Agent: "agent.html", Ops: "ops.html", FrameAncestors: g.opts.AllowedOrigins})
	if err != nil {
		return nil, fmt.Errorf("load the pages: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.Handle("/api/", api.New(api.Options{
		Accounts: g.accounts, Mode: g.visitors.Mode(), Online: g.board.agentsOnline, Ops: g.watcher, Conn: g.conn, Trusted: g.opts.TrustedProxies, Log: g.log,
	}))
	mux.HandleFunc("GET /ws", func(w http.ResponseWriter, r *http.Request) { g.visitorSocket(serving, w, r) })
	mux.HandleFunc("GET /ws/agent", func(w http.ResponseWriter, r *http.Request) { g.agentSocket(serving, w, r) })
	if !g.opts.ToldElsewhere {
		mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "alive") })
		mux.HandleFunc("GET /readyz", g.readyz)
		mux.Handle("GET /metrics", promhttp.HandlerFor(g.opts.Metrics, promhttp.HandlerOpts{}))
	}
	return mux, nil
}

func (g *Gateway) readyz(w http.ResponseWriter, _ *http.Request) {
	if err := g.Ready(); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

// visitorSocket lets a visitor's connection in. The handler returns after the
// upgrade and the session lives on by itself, which costs a third of the memory
// of a handler that stays.
func (g *Gateway) visitorSocket(serving context.Context, w http.ResponseWriter, r *http.Request) {
	if !limit.OriginAllowed(r, g.opts.AllowedOrigins) {
		refuseHTTP(w, http.StatusForbidden, "origin", "This site may not open chats here: its origin is not in ALLOWED_ORIGINS.")
		return
	}
	addr := limit.ClientAddr(r, g.opts.TrustedProxies)
	sock := g.accept(w, r, visitorProtocol, g.seats)
	if sock == nil {
		return
	}
	sock.stays = func() bool { return sock.greeted.Load() || !g.seats.Crowded() }
	s := &visitorSession{session: g.newSession(sock, addr)}
	g.host("visitor", sock, func() { s.run(serving) })
}

func (g *Gateway) agentSocket(serving context.Context, w http.ResponseWriter, r *http.Request) {
	if !limit.OriginAllowed(r, nil) {
		refuseHTTP(w, http.StatusForbidden, "origin", "The console is used from its own site only.")
		return
	}
	who, err := g.accounts.Authenticate(r)
	var no *bus.Refusal
	switch {
	case errors.As(err, &no):
		refuseHTTP(w, http.StatusUnauthorized, "not_signed_in", "Sign in first.")
		return
	case err != nil: // nobody knows: who is signed in must not have to do it again
		w.Header().Set("Retry-After", "1")
		refuseHTTP(w, http.StatusServiceUnavailable, codeUnavailable, "Who you are can't be looked up right now.")
		return
	}
	addr := limit.ClientAddr(r, g.opts.TrustedProxies)
	sock := g.accept(w, r, agentProtocol, g.desks)
	if sock == nil {
		return
	}
	s := &agentSession{session: g.newSession(sock, addr), who: who.Chat(), signedIn: who, views: map[chat.ID]*view{}}
	signedIn := cookiesOf(r)
	g.host("agent", sock, func() { s.run(serving, signedIn) })
}

// cookiesOf keeps of a request what proves who made it, and lets the rest go.
func cookiesOf(r *http.Request) *http.Request {
	return &http.Request{Header: http.Header{"Cookie": r.Header["Cookie"]}}
}

// accept makes a WebSocket of a request, or answers it with why not.
func (g *Gateway) accept(w http.ResponseWriter, r *http.Request, protocol string, seats *limit.Seats) *socket {
	if err := g.serves(); err != nil {
		w.Header().Set("Retry-After", "1")
		refuseHTTP(w, http.StatusServiceUnavailable, codeUnavailable, "This gateway can't take connections right now.")
		return nil
	}
	if wait, ok := g.addresses.Allow(limit.ClientAddr(r, g.opts.TrustedProxies)); !ok {
		w.Header().Set("Retry-After", limit.RetryAfter(wait))
		refuseHTTP(w, http.StatusTooManyRequests, codeRateLimited, "Too many connections from your address. Try again in a moment.")
		return nil
	}
	leave, ok := g.seat(w, r, seats)
	if !ok {
		return nil
	}
	ws, err := upgrader(protocol).Upgrade(w, r, nil)
	if err != nil {
		leave()
		return nil // Upgrade has answered
	}
	sock := newSocket(ws, &g.budget)
	sock.left = leave
	return sock
}

// host runs a session in a goroutine of its own and counts it.
func (g *Gateway) host(kind string, sock *socket, run func()) {
	connections := g.metrics.connections.WithLabelValues(kind)
	started := g.start(sock, func() {
		connections.Inc()
		defer connections.Dec()
		run()
	})
	if !started {
		sock.close(closeGoingAway, "reconnect with since")
		sock.left()
	}
}

func refuseHTTP(w http.ResponseWriter, status int, code, sentence string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(bus.Refusal{Code: code, Message: sentence})
}

// quiet gives net/http's own complaints (mostly of broken clients) the debug level.
func quiet(log zerolog.Logger) *stdlog.Logger {
	return stdlog.New(debugLines{log}, "", 0)
}

type debugLines struct{ log zerolog.Logger }

func (d debugLines) Write(line []byte) (int, error) {
	d.log.Debug().Str("part", "http").Msg(string(line))
	return len(line), nil
}
