package escalation

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// The visitor asks for a person, who waits already, while the chat is handed back to
// the bot: the change was decided without the request, and the request on the state
// before the change. Nobody else would ever look at it, and the bot answers nothing
// that stands behind it.
func TestARequestThatSlipsInDuringTheHandBackIsDecided(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	w, conn, id := replicas(t, s, 2), s.Connect("visitor"), chat.NewID()
	ask := func(n string) chat.Event {
		e := chat.Event{Chat: id, Kind: chat.Ask, What: chat.Escalate, ID: n, From: chat.Speaker{Role: chat.Visitor, Name: "Ada"}}
		stored, err := conn.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Seq = stored.Seq
		return e
	}
	handle := func(w *Worker, e chat.Event) {
		if err := w.handle(t.Context(), bus.Delivery{Event: e, Tries: 1}); err != nil {
			t.Fatal(err)
		}
	}
	handle(w[0], ask("first"))
	back, err := w[0].change(t.Context(), id, 0, func(view) (move, error) {
		handle(w[1], ask("second"))
		return move{reason: chat.NobodyCame}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	handle(w[1], back)
	if now, err := conn.Last(t.Context(), id); err != nil || now.State.Is() != chat.Waiting {
		t.Errorf("the chat is %s (%v), want it to wait for a person", now.State.Is(), err)
	}
}
