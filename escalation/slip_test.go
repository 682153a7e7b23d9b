package escalation

import (
	"fmt"
	"strings"
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
		e := chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, ID: n, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}
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
	back, err := w[0].change(t.Context(), id, 0, func(view) (transition, error) {
		handle(w[1], ask("second"))
		return transition{reason: chat.NobodyCame}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	handle(w[1], back)
	if now, err := conn.Last(t.Context(), id); err != nil || now.State.Is() != chat.Waiting {
		t.Errorf("the chat is %s (%v), want it to wait for a person", now.State.Is(), err)
	}
}

// Whoever writes and writes to the bot and then presses "cancel" must not fill the
// memory of a replica with it. Of a chat of several parts nothing is left out.
func TestALongChatIsDecidedOnWithoutItsWords(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	w, conn, id := replicas(t, s, 1)[0], s.Connect("visitor"), chat.NewID()
	const texts = 600
	for n := range texts {
		e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint(n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: strings.Repeat("😀", chat.MaxText)}
		if _, err := conn.AppendIn(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.change(t.Context(), id, 0, func(v view) (transition, error) {
		held := 0
		for _, e := range v.events {
			held += len(e.Text)
		}
		if held > 0 || len(v.events) != texts || v.lastInput() != texts || v.visitor() != "Ada" {
			t.Errorf("%d bytes of words, %d events up to %d of %q", held, len(v.events), v.lastInput(), v.visitor())
		}
		return transition{}, errNoChange
	})
	if !refused(err) {
		t.Fatal(err)
	}
}
