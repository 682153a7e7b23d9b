package gateway

import (
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// What agents learn of a visitor's coming and going. Nothing is decided on it.

// came has what the page said of itself kept, now that something was said in the chat, and
// tells agents that the visitor is here.
func (s *visitorSession) came() {
	if s.about != nil {
		s.g.about.Came(s.who.Chat, *s.about)
		s.about, s.told = nil, true
		_ = s.signal(s.who.Chat, bus.Signal{What: bus.Here, From: chat.Speaker{Role: chat.RoleVisitor}})
	}
}

// went has it kept until when the visitor was here. Agents learn that this page is gone;
// another one of the visitor's may still be there.
func (s *visitorSession) went() {
	if s.told {
		s.g.about.Went(s.who.Chat)
		s.told = false
		_ = s.signal(s.who.Chat, bus.Signal{What: bus.Who, From: chat.Speaker{Role: chat.RoleVisitor}})
	}
}
