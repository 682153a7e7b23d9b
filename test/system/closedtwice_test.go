package system_test

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// patientThinker answers on command.
type patientThinker struct{ begun, speak chan struct{} }

func (k patientThinker) Think(ctx context.Context, _ answer.Question, _ answer.Progress) (answer.Answer, error) {
	select {
	case k.begun <- struct{}{}:
	case <-ctx.Done():
	}
	select {
	case <-k.speak:
	case <-ctx.Done():
	}
	return answer.Answer{Text: "ok"}, ctx.Err()
}

// A closed chat refuses a second close without a trace. The answer to what was written
// before that opens the chat again; what is written then is answered, too. (The torture
// found a visitor who got no answers anymore.)
func TestAVisitorWhoClosedTwiceIsAnswered(t *testing.T) {
	server := bustest.Start(t)
	run := func(f func(context.Context) error) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- f(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
	desk, err := escalation.New(escalation.Options{Log: zerolog.Nop()}, server.Connect("escalation"))
	if err != nil {
		t.Fatal(err)
	}
	k := patientThinker{make(chan struct{}, 1), make(chan struct{}, 1)}
	run(desk.Run)
	run(botworker.New(botworker.Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), k).Run)
	c, id := server.Connect("gateway"), chat.NewID()
	says := func(e chat.Event) uint64 {
		e.Chat, e.ID, e.From = id, string(chat.NewID()), chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}
		stored, err := c.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		return stored.Seq
	}
	becomes := func(what string, is func(bus.Snapshot) bool) {
		t.Helper()
		bustest.Eventually(t, what, func() bool { s, err := c.Last(t.Context(), id); return err == nil && is(s) })
	}

	says(chat.Event{Kind: chat.Request, Request: chat.Close})
	becomes("the chat is closed", func(s bus.Snapshot) bool { return s.State.Is() == chat.Closed })
	first := says(chat.Event{Kind: chat.Message, Text: "One more thing."})
	<-k.begun
	again := says(chat.Event{Kind: chat.Request, Request: chat.Close})
	bustest.Eventually(t, "the second goodbye is looked at", func() bool {
		floor, err := c.Acknowledged(t.Context(), id, roles.Deciding.Name)
		return err == nil && floor >= again
	})
	k.speak <- struct{}{}
	becomes("it is answered", func(s bus.Snapshot) bool { return s.State.AnsweredThrough >= first })
	last := says(chat.Event{Kind: chat.Message, Text: "And another one."})
	<-k.begun
	k.speak <- struct{}{}
	becomes("what was written then is answered", func(s bus.Snapshot) bool { return s.State.AnsweredThrough >= last })
}
