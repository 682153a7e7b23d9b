package live

import (
	"testing"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// A gateway that has just shown a chat with a past knows which of the visitor's events is
// the last, so that the visitor's next message is stored at the first try.
func TestWhoeverJoinsAChatWithAPastHintsItsLastInput(t *testing.T) {
	h, conn := silentHub(t)
	join := func(what string, id chat.ID, since, want uint64) {
		t.Helper()
		s, _ := conntest.Pair(t)
		v, _, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, since, false)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := v.Hint().Input; got != want {
			t.Errorf("%s: the hint names event %d, want the visitor's last one, %d", what, got, want)
		}
		v.Leave() // and the channel is forgotten
	}
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	asked := appendMessage(t, conn, id, 2)
	join("a message is the end, all is read", id, 0, asked.Seq)
	join("a message is the end, a part is read", id, first.Seq, asked.Seq)
	join("a message is the end, nothing is missed", id, asked.Seq, asked.Seq)
	reply, err := conn.GuardedAppend(t.Context(), id, asked.Seq, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: asked.Seq, Visitor: "Ada"})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "yes", State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	join("a reply is the end, all is read", id, 0, asked.Seq)
	join("a reply is the end, a part is read", id, asked.Seq, asked.Seq)
	join("a reply is the end, nothing is missed", id, reply.Seq, asked.Seq)
	join("a chat without events", chat.NewID(), 0, 0)
}
