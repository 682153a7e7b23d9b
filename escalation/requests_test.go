package escalation

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// replicas returns workers that don't run: the test gives them deliveries.
func replicas(t *testing.T, s *bustest.Server, n int) []*Worker {
	t.Helper()
	var list []*Worker
	for i := range n {
		w, err := New(Options{Capacity: 1000, MaxWaiting: 1 << 20, WaitingPerAddress: 1 << 20}, s.Connect(fmt.Sprint("replica ", i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.openOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		list = append(list, w)
	}
	return list
}

// fold is what a visitor's requests lead to, one after the other: the table of the
// design, for a visitor who never meets an agent.
func fold(asks []chat.RequestKind) (reasons []chat.Reason) {
	status := chat.WithBot
	for _, what := range asks {
		switch {
		case what == chat.Escalate && (status == chat.WithBot || status == chat.Closed):
			status, reasons = chat.Waiting, append(reasons, chat.Escalated)
		case what == chat.Cancel && status == chat.Waiting:
			status, reasons = chat.WithBot, append(reasons, chat.Cancelled)
		case what == chat.Close && status != chat.Closed:
			status, reasons = chat.Closed, append(reasons, chat.ByVisitor)
		}
	}
	return reasons
}

// Replicas get a chat's requests in any order, at the same time, several times, and
// much later: they lead to the same as one by one.
func TestRequestsAreDecidedOnceAndInTheirOrder(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	workers := replicas(t, s, 3)
	conn := s.Connect("visitor")
	rapid.Check(t, func(t *rapid.T) {
		id := chat.NewID()
		asks := rapid.SliceOfN(rapid.SampledFrom([]chat.RequestKind{chat.Escalate, chat.Cancel, chat.Close, chat.Rate}), 1, 8).Draw(t, "asks")
		var wg sync.WaitGroup
		defer wg.Wait()
		ctx := t.Context()
		for i, what := range asks {
			e := chat.Event{Chat: id, Kind: chat.Request, Request: what, ID: fmt.Sprint(i), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}
			stored, err := conn.AppendIn(ctx, e, nil)
			if err != nil {
				t.Fatal(err)
			}
			e.Seq = stored.Seq
			for range rapid.IntRange(1, 3).Draw(t, "deliveries") {
				w := workers[rapid.IntRange(0, len(workers)-1).Draw(t, "replica")]
				deliver := func() {
					if err := w.handle(ctx, bus.Delivery{Event: e, Tries: 1}); err != nil {
						t.Errorf("deliver %s: %v", e.Request, err)
					}
				}
				if rapid.Bool().Draw(t, "at once") {
					deliver()
				} else {
					wg.Go(deliver)
				}
			}
		}
		wg.Wait()
		tail, err := conn.TailOf(ctx, id, 0, chat.RoleVisitor)
		if err != nil {
			t.Fatal(err)
		}
		var got []chat.Reason
		for _, e := range tail.Events {
			if e.Kind == chat.StateChange {
				got = append(got, e.Reason)
			}
		}
		if want := fold(asks); !slices.Equal(got, want) {
			t.Fatalf("%v led to %v, want %v", asks, got, want)
		}
	})
}

// This is why State.RequestsThrough exists. AnsweredThrough alone is not enough: a
// reply to a later message passes a request that nobody has looked at yet.
func TestARequestThatAReplyPassedIsAcceptedAndOneFromLongAgoIsNot(t *testing.T) {
	ask := chat.Event{Seq: 10, Kind: chat.Request, Request: chat.Escalate, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}
	passed, err := chat.State{}.Apply(chat.Step{Kind: chat.Reply, AnsweredThrough: 11, At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	step, ok := passed.Accepts(ask)
	if !ok {
		t.Fatal("a reply passed the request, and it is lost")
	}
	s, _ := passed.Apply(step)
	s, _ = s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Taken, By: chat.Agent{User: "grace"}})
	s, err = s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Returned, By: chat.Agent{User: "grace"}, AnsweredThrough: 12, RequestsThrough: 12})
	if err != nil {
		t.Fatal(err)
	}
	if step, ok := s.Accepts(ask); ok {
		t.Errorf("delivered again when the chat was handed back it leads to %+v", step)
	}
}

func TestWhatARequestLeadsTo(t *testing.T) {
	visitor, bot, agent := chat.RoleVisitor, chat.RoleBot, chat.RoleAgent
	in := func(status chat.Status) chat.State {
		s := chat.State{Status: status, AnsweredThrough: 5, RequestsThrough: 5}
		if status == chat.Live {
			s.Agent = &chat.Agent{User: "grace", Name: "Grace"}
		}
		return s
	}
	announced := in(chat.WithBot)
	announced.Handover = true
	answeredLater := in(chat.WithBot)
	answeredLater.AnsweredThrough = 20
	decided := in(chat.WithBot)
	decided.RequestsThrough = 10
	for _, c := range []struct {
		name  string
		what  chat.RequestKind
		from  chat.Role
		state chat.State
		want  chat.Reason // empty: nothing
	}{
		{"escalate with the bot", chat.Escalate, visitor, in(chat.WithBot), chat.Escalated},
		{"escalate in a new chat", chat.Escalate, visitor, chat.State{}, chat.Escalated},
		{"escalate when closed", chat.Escalate, visitor, in(chat.Closed), chat.Escalated},
		{"escalate when waiting", chat.Escalate, visitor, in(chat.Waiting), ""},
		{"escalate when live", chat.Escalate, visitor, in(chat.Live), ""},
		{"escalate, decided before", chat.Escalate, visitor, decided, ""},
		{"escalate, passed by a reply", chat.Escalate, visitor, answeredLater, chat.Escalated},
		{"escalate before the bot's own request came", chat.Escalate, visitor, announced, chat.Escalated},
		{"the bot's, announced", chat.Escalate, bot, announced, chat.BotGaveUp},
		{"the bot's, not announced", chat.Escalate, bot, in(chat.WithBot), ""},
		{"the bot's when waiting", chat.Escalate, bot, in(chat.Waiting), ""},
		{"the bot's when live", chat.Escalate, bot, in(chat.Live), ""},
		{"the bot's when closed", chat.Escalate, bot, in(chat.Closed), ""},
		{"cancel when waiting", chat.Cancel, visitor, in(chat.Waiting), chat.Cancelled},
		{"cancel with the bot", chat.Cancel, visitor, in(chat.WithBot), ""},
		{"cancel when live", chat.Cancel, visitor, in(chat.Live), ""},
		{"cancel by the bot", chat.Cancel, bot, in(chat.Waiting), ""},
		{"close with the bot", chat.Close, visitor, in(chat.WithBot), chat.ByVisitor},
		{"close when waiting", chat.Close, visitor, in(chat.Waiting), chat.ByVisitor},
		{"close when live", chat.Close, visitor, in(chat.Live), chat.ByVisitor},
		{"close when closed", chat.Close, visitor, in(chat.Closed), ""},
		{"close, and the bot answered what came after it", chat.Close, visitor, answeredLater, ""},
		{"close by an agent's name on the visitor's subject", chat.Close, agent, in(chat.Live), ""},
		{"rate", chat.Rate, visitor, in(chat.WithBot), ""},
		{"nonsense", "nonsense", visitor, in(chat.WithBot), ""},
	} {
		ask := chat.Event{Seq: 10, Kind: chat.Request, Request: c.what, From: chat.Speaker{Role: c.from}}
		step, ok := c.state.Accepts(ask)
		if ok != (c.want != "") || ok && (step.Reason != c.want || step.AnsweredThrough != 10 || step.RequestsThrough != 10) {
			t.Errorf("%s: %+v, %v; want %q", c.name, step, ok, c.want)
		}
	}
}

func TestEveryReasonHasASentence(t *testing.T) {
	seen := map[string]chat.Reason{}
	for _, r := range []chat.Reason{
		chat.Escalated, chat.BotGaveUp, chat.LineFull, chat.AddressFull, chat.Cancelled, chat.NobodyCame, chat.Taken, chat.Returned, chat.Transferred,
		chat.AgentGone, chat.NoAnswer, chat.ByAgent, chat.ByVisitor, chat.Idle,
	} {
		text := sentence(r, "Grace")
		if text == "" || text[len(text)-1] != '.' || seen[text] != "" {
			t.Errorf("%s: %q, which is also that of %q", r, text, seen[text])
		}
		seen[text] = r
	}
}

// Several replicas project one chat, each at any time while it changes: when they are
// done the desk matches the chat.
func TestRacingReplicasLeaveNoStaleEntry(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	workers := replicas(t, s, 4)
	ctx := t.Context()
	for round := range 25 {
		id := chat.NewID()
		var wg sync.WaitGroup
		for range 6 {
			reasons := []chat.Reason{chat.Escalated, chat.Taken, chat.Transferred, chat.Cancelled, chat.ByAgent}
			reason := reasons[rand.IntN(len(reasons))]
			by := chat.Agent{User: "grace", Name: "Grace"}
			_, err := workers[0].change(ctx, id, 0, func(view) (transition, error) { return transition{reason: reason, by: by}, nil })
			if err != nil && !refused(err) {
				t.Fatal(err)
			}
			for _, w := range workers {
				wg.Go(func() {
					if _, err := w.project(ctx, id, 0); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		now, err := workers[0].conn.Last(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		want, listed := desk.EntryOf(id, now)
		have, _, err := workers[0].desk.Get(ctx, string(id))
		if (err == nil) != listed || listed && !have.Same(want) {
			t.Fatalf("round %d: the chat is %+v and the desk says %+v, %v", round, now, have, err)
		}
	}
}
