package escalation_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// gives gives a name in the chat.
func (s *stage) gives(id chat.ID, name string) uint64 {
	s.Helper()
	return s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.GiveName, From: chat.Speaker{Role: chat.RoleVisitor, Name: name}})
}

// A visitor who began without a name says what to call them: agents see the name from then on,
// whichever name another tab still writes under. Nobody's answer is dealt with by it.
func TestAVisitorIsCalledByTheNameThatWasGiven(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	named := func(want string) {
		t.Helper()
		bustest.Eventually(t, "the visitor is called "+want, func() bool {
			now := s.last(id).State
			return now.Named && now.Visitor == want
		})
	}
	open := s.message(id, "hello?")
	s.gives(id, "Ada L.")
	s.message(id, "are you there?") // a tab that has not heard of it: under "Ada"
	named("Ada L.")
	if now := s.last(id).State; now.AnsweredThrough >= open || !now.BotSpeaks() {
		t.Errorf("the bot still owes an answer to %d: %+v", open, now)
	}
	changes := s.changes(id)
	if last := changes[len(changes)-1]; last.Reason != chat.NameGiven || last.Text != "Nice to meet you, Ada L.!" || last.From.Role != chat.RoleSystem {
		t.Errorf("the change is %+v", last)
	}
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Name == "Ada L." })
	s.gives(id, "Lovelace") // in line
	s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Name == "Lovelace" })
	named("Lovelace")

	n := len(s.changes(id))
	s.gives(id, "Lovelace")
	s.ask(id, chat.Cancel)
	s.becomes(id, chat.WithBot)
	if more := s.changes(id)[n:]; len(more) != 1 {
		t.Errorf("the same name once more changed the chat: %+v", more)
	}
}
