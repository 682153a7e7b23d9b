package gateway

import (
	"context"
	"net/netip"

	"golang.org/x/time/rate"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/live"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/chat"
)

// agentSession is one console's connection.
type agentSession struct {
	session
	who   *console.SignedIn
	from  netip.Addr
	shown map[chat.ID]*live.Subscription
	looks looking
}

// What agents learn of each other: who has a chat in view, who writes in it, how far they have
// read. Nothing is decided on it, and nothing of it is stored.

// looking is the one chat that a console has in view.
type looking struct {
	at        chat.ID // empty: none
	mayChange *rate.Limiter
}

func (g *Gateway) newAgentSession(sock *conn.Socket, limits *admission.Client) *agentSession {
	return &agentSession{session: g.newSession(sock, frame.Agent, limits), shown: map[chat.ID]*live.Subscription{}, looks: looking{mayChange: admission.Looks()}}
}

// looked writes down what the agent is about to see. What can't be written down is not shown: the
// client reads that it is unavailable, and asks again. A chat that stays open is looked into once.
func (s *agentSession) looked(ctx context.Context, act audit.Act, id chat.ID, detail string) error {
	return s.g.conn.Audit().Write(ctx, audit.Entry{By: s.who.Agent().User, From: s.from.String(), Act: act, Chat: id, Detail: detail})
}

// acted prolongs the agent's session after something that a person caused. Pongs, reads,
// pages, lists and whatever a page sends by itself when it reconnects do not.
func (s *agentSession) acted(ctx context.Context) {
	if s.who.ProlongDue() {
		s.g.sessions.Go(func() { s.who.Prolong(ctx) })
	}
}
