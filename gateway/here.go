package gateway

import (
	"context"
	"time"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// What agents learn of a visitor's coming and going. Nothing is decided on it.

// came has what the page said of itself kept, now that something was said in the chat, and
// tells agents that the visitor is here.
func (s *visitorSession) came() {
	home := s.g.kept.of(s.who.Chat).about
	if (s.about != nil || s.signed != nil) && home != nil { // otherwise the next time
		var said frame.About
		if s.about != nil {
			said = *s.about
		}
		home.Came(s.who.Chat, said, s.signed)
		s.hereWith(said)
		s.about, s.signed, s.told = nil, nil, true
	}
}

// hereWith tells agents that the visitor is here, on which page of the site, and what that says.
func (s *visitorSession) hereWith(said frame.About) {
	_ = s.signal(s.who.Chat, bus.Signal{What: bus.Here, Text: said.Page, Attributes: said.Attributes.List(), From: chat.Speaker{Role: chat.RoleVisitor}})
}

// says hears that the page says something else of itself than with its hello: the visitor
// went to another page of the site. What comes too early is dropped, which does no harm.
func (s *visitorSession) says(_ context.Context, f frame.In) error {
	if s.limits.Allow() != nil {
		if s.limits.Drop() {
			s.sock.Close(conn.Refused)
		}
		return nil
	}
	said := f.About.About
	if said == nil || !s.limits.Moves(time.Now()) {
		return nil
	}
	said = s.claimed(said)
	switch {
	case s.told:
		s.g.kept.of(s.who.Chat).about.Says(s.who.Chat, *said)
		s.hereWith(*said)
	default: // it is kept once something is said in the chat
		s.about = said
	}
	return nil
}

// claimed returns what the page says, without attributes if its address has used up its share of
// them. The site's developer reads that in the browser's console: the visitor has done nothing.
func (s *visitorSession) claimed(said *frame.About) *frame.About {
	if said == nil || said.Attributes == "" {
		return said
	}
	err := s.limits.MayClaim(len(said.Attributes))
	if err == nil {
		return said
	}
	no := frame.RefusalOf(err)
	no.Detail = no.Message
	s.sock.Send(frame.Encode(no.Answer("", "")))
	less := *said
	less.Attributes, less.Withheld = "", true
	return &less
}

// went has it kept until when the visitor was here. Agents learn that this page is gone;
// another one of the visitor's may still be there.
func (s *visitorSession) went() {
	if s.told {
		s.g.kept.of(s.who.Chat).about.Went(s.who.Chat)
		s.told = false
		_ = s.signal(s.who.Chat, bus.Signal{What: bus.Who, From: chat.Speaker{Role: chat.RoleVisitor}})
	}
}
