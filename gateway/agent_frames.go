package gateway

import (
	"context"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

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
