package escalation

import (
	"fmt"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A visitor who waits already asks for a person again, while the chat is handed back
// to the bot: the change was decided without the request, and the request on the state
// before the change. Nobody else would ever look at it, and the bot answers nothing
// that comes after it.
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

// A visitor who writes and writes to the bot and then presses "cancel" must not fill a
// replica's memory. Of a chat that is read in several parts nothing is left out.
func TestALongChatIsDecidedOnWithoutItsTexts(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	w, conn, id := replicas(t, s, 1)[0], s.Connect("visitor"), chat.NewID()
	const texts = 300                             // more than one batch
	text := strings.Repeat("😀", chat.MaxText*5/8) // a batch of which is more than one part
	for n := range texts {
		e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint(n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}
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
			t.Errorf("%d bytes of text, %d events up to %d of %q", held, len(v.events), v.lastInput(), v.visitor())
		}
		return transition{}, errNoChange
	})
	if !refused(err) {
		t.Fatal(err)
	}
}
