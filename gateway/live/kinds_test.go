package live

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestASubscriberSeesTheKindsOfItsRole(t *testing.T) {
	for _, kind := range append(chat.Kinds(), bustest.UnknownKind, "") {
		for _, reader := range []chat.Role{chat.RoleVisitor, chat.RoleAgent} {
			e := chat.Event{Kind: kind, Seq: 1}
			want := kind.VisibleTo(reader)
			if s := (&subscriber{reader: reader}); s.sees(e) != want {
				t.Errorf("the %s sees %q: %v", reader, kind, !want)
			}
			if page := frame.PageOf("p", "", roles.PageReply{Events: []chat.Event{e}}, reader); (len(page.Events) == 1) != want {
				t.Errorf("a page for the %s with %q is %+v", reader, kind, page.Events)
			}
		}
	}
}

// What a later version has stored is shown to nobody, and holds up nobody: neither at
// the end of the chat, where clients wait for the sequence that they are welcomed with,
// nor between two events, which name each other then.
func TestAnUnknownKindIsShownToNobody(t *testing.T) {
	for _, agent := range []*chat.Agent{nil, {User: "ann"}} {
		server, id := bustest.Start(t), chat.NewID()
		bus := server.Connect("gateway")
		ctx, cancel := context.WithCancel(context.Background())
		h := NewHub(ctx, bus, Options{Log: zerolog.Nop()})
		t.Cleanup(func() { cancel(); h.running.Wait() })
		first := appendMessage(t, bus, id, 1)
		second := appendMessage(t, bus, id, 2)
		unknown := server.AppendUnknown(id, chat.LeafMessage, "of a later version")

		s, client := conntest.Pair(t)
		v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), agent, first.Seq, false)
		if err != nil {
			t.Fatal(err)
		}
		if at.Last != second.Seq {
			t.Errorf("the last event is said to be %d, want %d", at.Last, second.Seq)
		}
		if err := v.Join(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		h.Live(chat.Event{Chat: id, Seq: unknown, Kind: bustest.UnknownKind}, second.Seq)
		third := appendMessage(t, bus, id, 3)
		h.Live(third, unknown)
		expect(t, client, second.Seq, third.Seq)
	}
}
