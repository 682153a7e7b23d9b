package escalation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

func (s *stage) vouch(id chat.ID, edit chat.CardEdit) (uint64, error) {
	s.Helper()
	var reply roles.DeskReply
	var err error
	bustest.Eventually(s, "the call is answered", func() bool {
		reply, err = bus.Call(s.Context(), s.conn, roles.DeskVouch, roles.VouchRequest{Chat: id, Edit: edit})
		return !errors.Is(err, bus.ErrUnavailable)
	})
	return reply.Seq, err
}

func set(key, value string) chat.CardEdit {
	return chat.CardEdit{Set: []chat.Attribute{{Key: key, Value: value}}}
}

// What a site signs is on the card as the site's, once however often it is said, and no agent
// changes it; nothing else of such a call counts.
func TestWhatASiteSignsIsOnTheCard(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.work("two", patient())
	if _, err := s.vouch(id, set("plan", "pro")); err == nil {
		t.Error("a chat that is none has a card")
	}
	s.message(id, "hello")
	said := set("plan", "pro")
	said.Add, said.Title, said.Address = []string{"vip"}, "A title", "ada@example.com"
	first, err := s.vouch(id, said)
	if err != nil || first == 0 {
		t.Fatalf("%d, %v", first, err)
	}
	if again, err := s.vouch(id, said); err != nil || again != 0 {
		t.Errorf("said again: %d, %v", again, err)
	}
	card, _, err := s.conn.Card(t.Context(), id)
	want := chat.Card{Attributes: []chat.Attribute{{Key: "plan", Value: "pro", By: chat.SignedBySite}}, Address: "ada@example.com"}
	if err != nil || !card.Same(want) {
		t.Errorf("%+v, %v", card, err)
	}
	var no *bus.Refusal
	if _, err := s.edit(id, grace, "1", set("plan", "free")); !errors.As(err, &no) || no.Code != codes.BadText || !strings.Contains(no.Message, `"plan"`) {
		t.Errorf("an agent changes it: %v", err)
	}
}

// Somebody with two tokens can't fill the log by using them in turn.
func TestASiteChangesACardSoOften(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.work("one", patient())
	s.message(id, "hello")
	var no *bus.Refusal
	n := 0
	for i := range 20 {
		seq, err := s.vouch(id, set("plan", fmt.Sprint(i%2)))
		if seq > 0 {
			n++
		}
		if err != nil && (!errors.As(err, &no) || no.Code != codes.RateLimited) {
			t.Fatal(err)
		}
	}
	if n != 10 {
		t.Errorf("%d changes were written, want 10", n)
	}
	if _, err := s.edit(id, grace, "1", chat.CardEdit{Add: []string{"vip"}}); err != nil {
		t.Errorf("an agent's tag: %v", err)
	}
}
