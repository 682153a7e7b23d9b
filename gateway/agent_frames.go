package gateway

import (
	"context"

	"golang.org/x/time/rate"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// agentHandlers has a handler for each kind of frame that agents send.
var agentHandlers = map[string]func(*agentSession, context.Context, frame.In, chat.ID) error{
	"open":     (*agentSession).open,
	"leave":    (*agentSession).leave,
	"page":     (*agentSession).olderEvents,
	"typing":   (*agentSession).typing,
	"read":     (*agentSession).read,
	"look":     (*agentSession).look,
	"chats":    (*agentSession).chats,
	"take":     calls(roles.DeskTake),
	"step_in":  calls(roles.DeskStepIn),
	"dealt":    calls(roles.DeskDealt),
	"say":      calls(roles.DeskSay),
	"note":     calls(roles.DeskNote, (*agentSession).mention),
	"card":     (*agentSession).card,
	"macro":    (*agentSession).macro,
	"draft":    (*agentSession).draft,
	"return":   calls(roles.DeskReturn),
	"transfer": calls(roles.DeskTransfer),
	"close":    calls(roles.DeskClose),

	"snooze":    (*agentSession).snooze,
	"wake":      calls(roles.DeskWake),
	"take_over": calls(roles.DeskTakeOver),
	"pass_on":   gives(roles.DeskPassOn),
	"assign":    gives(roles.DeskAssign),

	"mentions_seen": (*agentSession).mentionsSeen,

	"close_source": (*agentSession).closeSource,
}

// What agents learn of each other: who has a chat in view, who writes in it, how far they have
// read. Nothing is decided on it, and nothing of it is stored.

// looking is the one chat that a console has in view.
type looking struct {
	at        chat.ID // empty: none
	mayChange *rate.Limiter
}

// look hears that the agent has a chat in view that this console watches, or no longer has. The
// page repeats it every few seconds; what comes too fast is dropped, which the next one mends.
func (s *agentSession) look(_ context.Context, f frame.In, id chat.ID) error {
	v := s.shown[id]
	if v == nil || !s.looks.mayChange.Allow() {
		return nil
	}
	if s.looks.at != id {
		s.looksAway()
	}
	if !f.On {
		s.looksAway()
		return nil
	}
	s.looks.at = id
	return s.sayLooks(id, bus.Signal{On: true, Writes: f.Writes, Seq: min(f.Seq, v.Known())})
}

// looksAway says that the agent no longer has in view what was, if anything was: at once when a
// console ends. What a gateway that dies can't say lapses in the pages.
func (s *agentSession) looksAway() {
	if s.looks.at != "" {
		_ = s.sayLooks(s.looks.at, bus.Signal{})
		s.looks.at = ""
	}
}

func (s *agentSession) sayLooks(id chat.ID, sig bus.Signal) error {
	who := s.who.Chat()
	sig.What, sig.From = bus.Looks, chat.Speaker{Role: chat.RoleAgent, Name: who.Name, User: who.User}
	return s.signal(id, sig)
}
