package escalation_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// closeTogether makes the call until it is answered.
func (s *stage) closeTogether(req roles.SourceRequest) (reply roles.SourceReply, err error) {
	s.Helper()
	if req.ID == "" {
		req.ID = fmt.Sprint("k", s.ids.Add(1))
	}
	bustest.Eventually(s, "the call is answered", func() bool {
		reply, err = bus.Call(s.Context(), s.conn, roles.DeskCloseSource, req)
		return !errors.Is(err, bus.ErrUnavailable)
	})
	return reply, err
}

// One call ends the chats that wait from one address: not those that are live, nor those
// of others. Repeated, it finds nothing left to do.
func TestAnAgentClosesTheChatsOfOneAddressTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.work("two", patient())
	waiting, _ := s.crowd(25, attacker)
	live, honest := chat.NewID(), chat.NewID()
	s.asks(live, attacker)
	s.asks(honest, elsewhere)
	s.listed(live, chat.Waiting)
	s.must(roles.DeskTake, live, linus, "")
	for _, id := range append(waiting, honest) {
		s.listed(id, chat.Waiting)
	}
	label := desk.Entry{Source: attacker}.Label()
	closed := 0
	bustest.Eventually(t, "all of them are closed", func() bool { // a replica may see some of them a moment later
		reply, err := s.closeTogether(roles.SourceRequest{Source: label, Agent: grace})
		if err != nil || reply.Left != 0 {
			t.Fatalf("%+v, %v", reply, err)
		}
		closed += reply.Closed
		return closed >= len(waiting)
	})
	for _, id := range waiting {
		changes := s.changes(id)
		last := changes[len(changes)-1]
		if len(changes) != 2 || last.Reason != chat.ByAgent || last.From.User != grace.User || last.State.Source != "" {
			t.Errorf("chat %s went %v and is %+v", id, s.reasons(id), last.State)
		}
		s.unlisted(id)
	}
	if closed != len(waiting) {
		t.Errorf("%d are said to be closed", closed)
	}
	if got := s.reasons(live); !slices.Equal(got, []chat.Reason{chat.Escalated, chat.Taken}) {
		t.Errorf("a chat with an agent went %v", got)
	}
	if got := s.last(honest).State; got.Is() != chat.Waiting {
		t.Errorf("a chat from elsewhere is %s", got.Is())
	}
	if reply, err := s.closeTogether(roles.SourceRequest{Source: label, Agent: grace}); err != nil || reply.Closed != 0 {
		t.Errorf("once more: %+v, %v", reply, err)
	}
}

// The answer is lost, and the call is made again: whoever has begun to wait since, whom the
// agent did not see, goes on waiting.
func TestARepeatedCallClosesNoNewcomer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	seen, newcomer := chat.NewID(), chat.NewID()
	s.asks(seen, attacker)
	s.listed(seen, chat.Waiting)
	shown := s.last(seen).State.Asked
	s.asks(newcomer, attacker)
	s.listed(newcomer, chat.Waiting)
	req := roles.SourceRequest{Source: desk.Entry{Source: attacker}.Label(), ID: "once", Agent: grace, Before: shown}
	for try, want := range []int{1, 0} {
		if reply, err := s.closeTogether(req); err != nil || reply.Closed != want {
			t.Errorf("call %d: %+v, %v", try+1, reply, err)
		}
	}
	if got := s.last(seen).State; got.Is() != chat.Closed {
		t.Errorf("the chat that the agent saw is %s", got.Is())
	}
	if got := s.last(newcomer).State; got.Is() != chat.Waiting {
		t.Errorf("the newcomer is %s", got.Is())
	}
}

// Chats of unknown source need not be from one address: there is no label for them.
func TestOnlyAKnownAddressCanBeClosedTogether(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.asks(id, "")
	s.listed(id, chat.Waiting)
	for _, source := range []string{"", "aaaa", attacker} {
		if _, err := s.closeTogether(roles.SourceRequest{Source: source, Agent: grace}); !refusedWith(err, codes.NotFound) {
			t.Errorf("source %q: %v", source, err)
		}
	}
	if _, err := s.closeTogether(roles.SourceRequest{Source: "aaaaaaaa"}); !refusedWith(err, codes.BadText) {
		t.Errorf("by nobody: %v", err)
	}
	if got := s.last(id).State; got.Is() != chat.Waiting {
		t.Errorf("the chat is %s", got.Is())
	}
}

func refusedWith(err error, code string) bool {
	var no *bus.Refusal
	return errors.As(err, &no) && no.Code == code
}
