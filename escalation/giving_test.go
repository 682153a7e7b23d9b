package escalation

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// Whoever is to get a chat goes after that was found to be possible, while the note is stored: the
// change itself is refused.
func TestWhoLeavesMeanwhileIsNotGivenTheChat(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	w, conn, id := replicas(t, s, 1)[0], s.Connect("visitor"), chat.NewID()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.mirror.Run(ctx) }()
	defer func() { cancel(); <-done }()
	grace, linus := chat.Agent{User: "grace", Name: "Grace"}, chat.Agent{User: "linus", Name: "Linus"}
	presence, err := bus.OpenBucket[desk.Presence](t.Context(), conn, bus.PresenceBucket)
	if err != nil {
		t.Fatal(err)
	}
	for _, who := range []chat.Agent{grace, linus} {
		if err := presence.Put(t.Context(), who.User, desk.Presence{User: who.User, Name: who.Name, At: time.Now().UTC()}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(want bool) func() bool {
		return func() bool {
			_, is, known := w.mirror.Availability("linus")
			return known && (is == desk.Available) == want
		}
	}
	bustest.Eventually(t, "Linus is there", is(true))
	if _, err := conn.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Request, Request: chat.Escalate, ID: "e", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.change(t.Context(), id, 0, func(view) (transition, error) { return transition{reason: chat.Taken, by: grace}, nil }); err != nil {
		t.Fatal(err)
	}
	if err := w.checkReceiver(t.Context(), linus, orPassOn); err != nil {
		t.Fatal(err)
	}
	decide := w.giving(transition{reason: chat.PassedOn, by: grace, to: linus}, linus, orPassOn)
	if err := presence.Delete(t.Context(), "linus"); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "Linus is gone", is(false))
	if _, err := w.change(t.Context(), id, 0, decide); err == nil || !strings.Contains(err.Error(), "Linus has just left.") {
		t.Errorf("passed on to Linus: %v", err)
	}
	// A team that is deleted meanwhile.
	if _, err := w.change(t.Context(), id, 0, w.giving(transition{reason: chat.Transferred, by: grace, team: "gone"}, chat.Agent{}, orPassOn)); err == nil || !strings.Contains(err.Error(), "That team isn’t there any more.") {
		t.Errorf("passed on to a team that is gone: %v", err)
	}
	if now, err := conn.Last(t.Context(), id); err != nil || *now.State.Agent != grace {
		t.Errorf("%+v has the chat, %v", now.State.Agent, err)
	}
}
