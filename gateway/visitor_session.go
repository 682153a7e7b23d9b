package gateway

import (
	"net/netip"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/live"
	"github.com/parley-chat/parley/pkg/chat"
)

// visitorSession is one visitor's connection.
type visitorSession struct {
	session
	limits *admission.Visitor
	seat   *admission.Seat
	who    identity.Visitor
	addr   netip.Addr
	source string             // what stands for it, see chat.Event.Source
	about  *frame.About       // what the page said of itself, until something is said in the chat
	signed *chat.CardEdit     // what the site vouches for, likewise
	told   bool               // whether what the page said is kept
	team   string             // what the page calls the team that it is for; empty: none
	shown  *live.Subscription // nil before the first hello
}

func (g *Gateway) newVisitorSession(sock *conn.Socket, seat *admission.Seat, addr netip.Addr) *visitorSession {
	limits := g.admission.Visitor(addr)
	return &visitorSession{session: g.newSession(sock, frame.Visitor, &limits.Client), limits: limits, seat: seat, addr: addr}
}
