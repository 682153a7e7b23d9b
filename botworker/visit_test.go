package botworker

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// What was said before the chat was closed is over: the next question is answered without it.
func TestTheBotIsToldNothingOfAVisitThatIsOver(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	serveLog(t, server.Connect("history"), id)
	asked := make(chan answer.Question, 10)
	workWith(t, server, thinkerFunc(func(q answer.Question) { asked <- q }), Options{Turns: 20})
	ask := func(text string) (before []string) {
		t.Helper()
		seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: text, ID: text}, nil)
		for _, e := range (<-asked).Before {
			before = append(before, e.Text)
		}
		bustest.Eventually(t, "an answer", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == seq })
		return before
	}
	if got := ask("My card number is 1234."); len(got) > 0 {
		t.Errorf("the first question comes with %q", got)
	}
	if _, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Idle, At: time.Now()})
		return chat.Event{Kind: chat.StateChange, Reason: chat.Idle, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
	}); err != nil {
		t.Fatal(err)
	}
	if got := ask("Hello again"); len(got) > 0 {
		t.Errorf("the first question of the next visit comes with %q", got)
	}
	if got := ask("And now?"); !slices.Equal(got, []string{"Hello again", "ok"}) {
		t.Errorf("the second one comes with %q, want what was said in this visit", got)
	}
	if s, err := c.Last(t.Context(), id); err != nil || s.State.Visit != 2 {
		t.Errorf("it is visit %d, %v; want 2", s.State.Visit, err)
	}
}

// The chat is closed while the bot thinks, and the visitor writes again: both messages are open,
// and what was said before them is over.
func TestABurstOverACloseIsToldNothingOfWhatIsOver(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	serveLog(t, server.Connect("history"), id)
	said := in(t, c, id, chat.Event{Kind: chat.Message, Text: "My card number is 1234.", ID: "m0"}, nil)
	step := func(step chat.Step) {
		t.Helper()
		if _, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			step.At = time.Now()
			next, err := s.State.Apply(step)
			return chat.Event{Kind: step.Kind, Reason: step.Reason, From: chat.Speaker{Role: chat.RoleBot}, Text: "ok", State: &next}, err
		}); err != nil {
			t.Fatal(err)
		}
	}
	step(chat.Step{Kind: chat.Reply, AnsweredThrough: said})
	in(t, c, id, chat.Event{Kind: chat.Message, Text: "one", ID: "m1"}, nil)
	step(chat.Step{Kind: chat.StateChange, Reason: chat.Idle})
	in(t, c, id, chat.Event{Kind: chat.Message, Text: "two", ID: "m2"}, nil)
	asked := make(chan answer.Question, 10)
	workWith(t, server, thinkerFunc(func(q answer.Question) { asked <- q }), Options{Turns: 20})
	if q := <-asked; len(q.Inputs) != 2 || len(q.Before) > 0 {
		t.Errorf("%d messages are asked about with %+v", len(q.Inputs), q.Before)
	}
}

// serveLog answers for the history service with what is in the chat's stream, once it returns.
func serveLog(t *testing.T, c *bus.Conn, id chat.ID) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.Serve(ctx, roles.Historyworker.Service, "0.0.0", bus.Handle(roles.HistoryPage, func(ctx context.Context, req roles.PageRequest) (roles.PageReply, error) {
			tail, err := c.TailOf(ctx, req.Chat, 0, chat.RoleVisitor)
			return roles.PageReply{Events: slices.DeleteFunc(tail.Events, func(e chat.Event) bool { return req.Before > 0 && e.Seq >= req.Before })}, err
		}))
	}()
	t.Cleanup(func() { cancel(); <-done })
	bustest.Eventually(t, "the history to be served", func() bool {
		_, err := roles.AskPage(t.Context(), c, chat.RoleBot, roles.PageRequest{Chat: id, Limit: 1})
		return err == nil
	})
}
