package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/pages"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

// The subprotocols of the two WebSocket endpoints.
const (
	visitorProtocol = "parley.v1"
	agentProtocol   = "parley.agent.v1"
)

// handler routes HTTP requests. serving ends with the gateway.
func (g *Gateway) handler(serving context.Context) (http.Handler, error) {
	files, err := pages.New(g.opts.Pages, pages.Options{
		Visitor: "index.html", Agent: "agent.html", Ops: "ops.html", Face: g.face(), FrameAncestors: g.opts.AllowedOrigins, Base: g.opts.Site.Base(),
		Hosts: func(r *http.Request) []string { return g.opts.Site.PageHosts(r, g.opts.TrustedProxies) },
	})
	if err != nil {
		return nil, fmt.Errorf("load the pages: %w", err)
	}
	g.site.OnChange(func(settings.Version) {
		files.Wear(g.face())
		g.faces.changed()
		g.sayMacros("") // the console asks for both together
	})
	g.teams.OnChange(func(teams.Version) {
		files.Wear(g.face())
		g.faces.changed()
		g.board.TeamsChanged()
	})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if why := g.opts.Site.WrongPath(r); why.Cause != "" {
			g.blocked.refused(r, why)
		}
		files.ServeHTTP(w, r)
	})
	mux.Handle("/api/", api.New(api.Options{
		Accounts: g.accounts, Settings: g.site, Teams: g.teams, Macros: g.macros, Waiting: g.board.Waiting, Mode: g.visitors.Mode(), Online: g.board.Online, Available: g.board.Available, Duty: g.board.Duty, About: g.board.About, Ops: g.watcher, Conn: g.conn, Trusted: g.opts.TrustedProxies, Site: g.opts.Site, Blocked: g.blocked.refused,
		Framed: func(r *http.Request) bool {
			return g.opts.Site.OriginAllowed(r, g.opts.AllowedOrigins, g.opts.TrustedProxies)
		},
		Allowed: g.opts.AllowedOrigins, Audit: g.conn.Audit(),
		Metrics: api.Metrics{SignIn: g.metrics.signIn, SignOut: g.metrics.signOuts.Inc}, Log: g.log,
	}))
	g.files.Route(mux)
	mux.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) { g.visitorSocket(serving, w, r) })
	mux.HandleFunc("/ws/agent", func(w http.ResponseWriter, r *http.Request) { g.agentSocket(serving, w, r) })
	return g.opts.Site.Below(mux), nil
}

// face is what the pages get of the site's settings, as JSON.
func (g *Gateway) face() []byte {
	face, _ := json.Marshal(g.site.Face()) // it can be encoded
	return face
}

// mayOpen reports whether a request may become a WebSocket: its page is ours, or of an
// allowed site, and it has what an upgrade needs. Otherwise it has answered, and logged
// all that is wrong.
func (g *Gateway) mayOpen(w http.ResponseWriter, r *http.Request, allowed []string, sentence string) bool {
	lacks := limit.Upgrading(r)
	if checks(r) {
		lacks = limit.Blocked{}
	}
	if lacks.Cause != "" {
		g.blocked.refused(r, lacks)
	}
	if !g.opts.Site.OriginAllowed(r, allowed, g.opts.TrustedProxies) {
		g.blocked.refused(r, g.opts.Site.WhyBlocked(r, allowed, g.opts.TrustedProxies))
		refuseHTTP(w, frame.Refuse(codes.BadOrigin, sentence))
		return false
	}
	if lacks.Cause != "" {
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		refuseHTTP(w, frame.Refuse(codes.UpgradeRequired, codes.Sentence(codes.UpgradeRequired)))
		return false
	}
	g.blocked.untrusted(r)
	return true
}

// visitorSocket accepts a visitor's connection. The handler returns after the upgrade
// and the session lives on by itself, which takes a third of the memory of a handler
// that stays.
func (g *Gateway) visitorSocket(serving context.Context, w http.ResponseWriter, r *http.Request) {
	if !g.mayOpen(w, r, g.opts.AllowedOrigins, "This site may not open chats here: its origin is not in ALLOWED_ORIGINS.") {
		return
	}
	addr := limit.ClientAddr(r, g.opts.TrustedProxies)
	sock, seat := g.accept(w, r, visitorProtocol, func() (*admission.Seat, *frame.Refusal) { return g.admission.Connect(addr) })
	if sock == nil {
		return
	}
	seat.Yields(func() { sock.Close(conn.Replaced) })
	s := g.newVisitorSession(sock, seat, addr)
	g.host("visitor", sock, seat, func() { s.run(serving) })
}

// agentSocket accepts a console's connection, as visitorSocket does a visitor's.
func (g *Gateway) agentSocket(serving context.Context, w http.ResponseWriter, r *http.Request) {
	if !g.mayOpen(w, r, nil, "The console is used from its own site only.") {
		return
	}
	who, err := g.accounts.Authenticate(r)
	var no *bus.Refusal
	switch {
	case errors.As(err, &no):
		refuseHTTP(w, frame.Refuse(codes.NotSignedIn, "Sign in first."))
		return
	case err != nil: // not known: an agent who is signed in must not have to do it again
		refuseHTTP(w, unavailable("Who you are can't be looked up right now."))
		return
	}
	addr := limit.ClientAddr(r, g.opts.TrustedProxies)
	sock, seat := g.accept(w, r, agentProtocol, func() (*admission.Seat, *frame.Refusal) { return g.admission.ConnectConsole(addr, who.User) })
	if sock == nil {
		return
	}
	limits := g.admission.Client(addr, who.User)
	s := g.newAgentSession(sock, &limits)
	s.from = addr
	cookies := cookiesOf(r)
	g.host("agent", sock, seat, func() { s.run(serving, who, cookies) })
}

// cookiesOf keeps a request's cookies, which say who made it, and frees the rest.
func cookiesOf(r *http.Request) *http.Request {
	return &http.Request{Header: http.Header{"Cookie": r.Header["Cookie"]}}
}

// checks reports whether a request asks only if a WebSocket would be accepted: GET /ws?check.
// A page whose connections fail does so, since browsers hide why.
func checks(r *http.Request) bool { return r.Method == http.MethodGet && r.URL.RawQuery == "check" }

// accept upgrades a request to a WebSocket, if take gives it a seat, or answers it with a
// refusal; then sock is nil, and the seat, if there was one, is free again.
func (g *Gateway) accept(w http.ResponseWriter, r *http.Request, protocol string, take func() (*admission.Seat, *frame.Refusal)) (sock *conn.Socket, seat *admission.Seat) {
	if err := g.serves(); err != nil {
		refuseHTTP(w, unavailable("This gateway can't take connections right now."))
		return nil, nil
	}
	seat, no := take()
	if no != nil {
		if no.Shed != "" {
			g.metrics.shed(no.Shed)
		}
		refuseHTTP(w, no)
		return nil, nil
	}
	if checks(r) {
		seat.Leave()
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNoContent)
		return nil, nil
	}
	sock, err := conn.Upgrade(w, r, conn.Options{Protocol: protocol, Budget: g.budget})
	if err != nil {
		seat.Leave()
		return nil, nil // Upgrade has answered
	}
	return sock, seat
}

// host runs a session in a goroutine of its own and counts it.
func (g *Gateway) host(kind string, sock *conn.Socket, seat *admission.Seat, run func()) {
	connections := g.metrics.connections.WithLabelValues(kind)
	started := g.start(sock, kind == "visitor", func() {
		defer seat.Leave()
		connections.Inc()
		defer connections.Dec()
		run()
	})
	if !started {
		sock.Close(conn.GoingAway)
		seat.Leave()
	}
}

// unavailable refuses a request that may be made again in a second.
func unavailable(sentence string) *frame.Refusal {
	no := frame.Refuse(codes.Unavailable, sentence)
	no.Retry = time.Second
	return no
}

// refuseHTTP answers a request with a refusal, as JSON.
func refuseHTTP(w http.ResponseWriter, no *frame.Refusal) {
	w.Header().Set("Content-Type", "application/json")
	if no.Retry > 0 {
		w.Header().Set("Retry-After", limit.RetryAfter(no.Retry))
	}
	w.WriteHeader(codes.Status(no.Code))
	_ = json.NewEncoder(w).Encode(no.Refusal)
}
