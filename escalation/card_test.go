package escalation_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

func (s *stage) edit(id chat.ID, agent chat.Agent, clientID string, edit chat.CardEdit) (uint64, error) {
	s.Helper()
	var reply roles.DeskReply
	var err error
	bustest.Eventually(s, "the edit is answered", func() bool {
		reply, err = bus.Call(s.Context(), s.conn, roles.DeskCard, roles.CardRequest{Chat: id, ID: clientID, Agent: agent, Edit: edit})
		return !errors.Is(err, bus.ErrUnavailable)
	})
	return reply.Seq, err
}

// Agents write on the card of any chat that there is, together, and the desk shows its tags.
func TestAnyAgentTagsAnyChat(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.work("two", patient())
	refused := func(code string, id chat.ID, agent chat.Agent, clientID string, edit chat.CardEdit) {
		t.Helper()
		var no *bus.Refusal
		if _, err := s.edit(id, agent, clientID, edit); !errors.As(err, &no) || no.Code != code {
			t.Errorf("%+v: %v, want %s", edit, err, code)
		}
	}
	refund := chat.CardEdit{Add: []string{"refund"}}
	refused(codes.NotFound, id, grace, "1", refund)
	s.message(id, "hello")
	refused(codes.BadText, id, grace, "1", chat.CardEdit{})
	refused(codes.TooLong, id, grace, "1", chat.CardEdit{Add: []string{strings.Repeat("x", chat.MaxTag+1)}})
	refused(codes.BadText, id, chat.Agent{}, "1", refund)

	first, err := s.edit(id, grace, "1", refund)
	if err != nil || first == 0 {
		t.Fatalf("%d, %v", first, err)
	}
	if again, err := s.edit(id, grace, "1", refund); err != nil || again != first {
		t.Errorf("the same call again: %d, %v; want %d", again, err, first)
	}
	if same, err := s.edit(id, linus, "1", chat.CardEdit{Add: []string{"Refund"}}); err != nil || same != 0 {
		t.Errorf("a tag that is there: %d, %v; want 0", same, err)
	}
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	tagged := func(tags ...string) func(*desk.Entry) bool {
		return func(e *desk.Entry) bool { return slices.Equal(e.Tags, tags) }
	}
	s.listed(id, chat.Waiting, tagged("refund"))
	if _, err := s.edit(id, linus, "2", chat.CardEdit{Add: []string{"VIP"}, Remove: []string{"REFUND"}}); err != nil {
		t.Fatal(err)
	}
	s.listed(id, chat.Waiting, tagged("VIP"))
	s.must(roles.DeskTake, id, grace, "")
	s.listed(id, chat.Live, tagged("VIP"))
	if want := []chat.Reason{chat.Escalated, chat.Taken}; !slices.Equal(s.reasons(id), want) {
		t.Errorf("the chat went %v, want %v", s.reasons(id), want)
	}
	for i := range chat.MaxTags - 1 {
		refund.Add = append(refund.Add, strings.Repeat("x", i+1))
	}
	refund.Add = refund.Add[1:]
	if _, err := s.edit(id, grace, "3", refund); err != nil {
		t.Fatal(err)
	}
	s.listed(id, chat.Live, func(e *desk.Entry) bool { return len(e.Tags) == 10 }) // some of them
	refused(codes.TooLong, id, grace, "4", chat.CardEdit{Add: []string{"one more"}})
	// What was stored is not refused when it is sent again and the card is full without it.
	if _, err := s.edit(id, linus, "5", chat.CardEdit{Remove: []string{"VIP"}}); err != nil {
		t.Fatal(err)
	}
	stored, err := s.edit(id, grace, "6", chat.CardEdit{Add: []string{"mine"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.edit(id, linus, "6", chat.CardEdit{Remove: []string{"mine"}, Add: []string{"yours"}}); err != nil {
		t.Fatal(err)
	}
	if again, err := s.edit(id, grace, "6", chat.CardEdit{Add: []string{"mine"}}); err != nil || again != stored {
		t.Errorf("sent again: %d, %v; want %d", again, err, stored)
	}
	// Nobody can say that the site vouches for something.
	if _, err := s.edit(id, grace, "7", chat.CardEdit{Set: []chat.Attribute{{Key: "plan", Value: "pro", By: chat.SignedBySite}}}); err != nil {
		t.Fatal(err)
	}
	if card, _, err := s.conn.Card(s.Context(), id); err != nil || len(card.Attributes) != 1 || card.Attributes[0].By != "" {
		t.Errorf("the attributes are %+v, %v", card.Attributes, err)
	}
}
