package system_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// dying is a bot that ends its own replica in the middle of some thoughts.
type dying struct {
	thoughts *atomic.Int32
	die      func()
}

func (d dying) Think(ctx context.Context, q answer.Question, p answer.Progress) (answer.Answer, error) {
	if d.thoughts.Add(1)%7 == 0 {
		d.die()
		<-ctx.Done()
		return answer.Answer{}, ctx.Err()
	}
	return echo{}.Think(ctx, q, p)
}

// Promise 4: every message is covered by exactly one reply, with any number of
// replicas, through a crash at any point.
func TestPromise4OneAnswer(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	var thoughts atomic.Int32
	deaths := make(chan *replica, 64)
	ctx, cancel := context.WithCancel(t.Context())
	var starting sync.WaitGroup
	start := func() {
		var r *replica
		born := make(chan struct{})
		r = s.bot(dying{&thoughts, func() { <-born; deaths <- r }})
		close(born)
	}
	starting.Go(func() { // a replica that dies is replaced
		for {
			select {
			case r := <-deaths:
				r.kill()
				start()
			case <-ctx.Done():
				return
			}
		}
	})
	for range 3 {
		start()
	}
	const visitors, messages = 6, 12
	var wg sync.WaitGroup
	for v := range visitors {
		wg.Go(func() {
			c := talktest.Dial(t, g.url)
			c.Hello(fmt.Sprint("visitor ", v), "", 0)
			for m := range messages {
				c.Say(fmt.Sprint("m", m), fmt.Sprint("text ", m))
			}
			answered(t, c, messages)
		})
	}
	wg.Wait()
	cancel()
	starting.Wait()
	if thoughts.Load() < 7 {
		t.Error("no replica died: the test shows nothing")
	}
}

// Promise 4, for a chat in which nothing else happens: the replica that was to answer
// dies, and another one answers.
func TestPromise4AnotherReplicaTakesOverADeadOnesThought(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway()
	thinking := make(chan struct{}, 1)
	first := s.bot(forgetful{thinking})
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("m", "hello?")
	<-thinking
	first.kill()
	s.bot(echo{})
	ada.Event("reply", "You said: hello?")
}

// forgetful is a bot that never comes to an answer.
type forgetful struct{ thinking chan<- struct{} }

func (f forgetful) Think(ctx context.Context, _ answer.Question, _ answer.Progress) (answer.Answer, error) {
	f.thinking <- struct{}{}
	<-ctx.Done()
	return answer.Answer{}, ctx.Err()
}

// Promise 4, the trap: a message slips in while a chat is handed back.
func TestPromise4AMessageThatSlipsInDuringTheHandBackIsAnswered(t *testing.T) {
	s := newSystem(t)
	conn, id := s.nats.Connect("test"), chat.NewID()
	live := chat.State{Status: chat.Live, Agent: &chat.Agent{User: "grace", Name: "Grace"}}
	append1 := func(kind chat.Kind, reason chat.Reason, next chat.State) {
		t.Helper()
		if _, err := conn.GuardedAppend(t.Context(), id, 0, nil, func(bus.Snapshot) (chat.Event, error) {
			return chat.Event{Kind: kind, Reason: reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	append1(chat.StateChange, chat.Taken, live)
	bot := s.bot(echo{})
	stored, err := conn.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "slipped in"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the bot to have seen the message and kept silent", func() bool { return s.nats.Settled("bot") })
	// The hand-back was decided on before the message came: it does not cover it.
	append1(chat.StateChange, chat.Returned, chat.State{Status: chat.WithBot, AnsweredThrough: stored.Seq - 1})
	bustest.Eventually(t, "an answer", func() bool {
		last, err := conn.Last(t.Context(), id)
		return err == nil && last.State.AnsweredThrough == stored.Seq
	})
	bot.stop()
}

// Promise 4, the other trap: a decision to stay silent is not taken on a hint.
func TestPromise4AStaleHintSilencesNobody(t *testing.T) {
	s := newSystem(t)
	conn, id := s.nats.Connect("test"), chat.NewID()
	stale := &bus.Hint{Snapshot: bus.Snapshot{Out: 99, State: chat.State{Status: chat.Waiting, AnsweredThrough: 1 << 40}}}
	stored, err := conn.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "hello"}, stale)
	if err != nil {
		t.Fatal(err)
	}
	s.bot(echo{})
	bustest.Eventually(t, "an answer", func() bool {
		last, err := conn.Last(t.Context(), id)
		return err == nil && last.State.AnsweredThrough == stored.Seq
	})
}

// Promise 5: once a chat is waiting or live the bot is silent, only the assigned
// agent speaks, and a chat has one agent at most.
func TestPromise5OneVoice(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(slow{})
	s.bot(slow{})
	s.escalation(escalation.Options{})
	s.escalation(escalation.Options{})
	g := s.gateway()
	agents := []*talktest.Client{s.agent(g, "grace"), s.agent(g, "hedy")}
	for round := range 10 {
		ada := talktest.Dial(t, g.url)
		w := ada.Hello(fmt.Sprint("Ada ", round), "", 0)
		// The bot still thinks of an answer when the visitor asks for a person.
		ada.Send("t", "send", "id", "m", "text", "a hard question")
		ada.Send("t", "escalate", "id", "e")
		ada.Find("to wait", func(f talk.Frame) bool { return f.Status == "waiting" })
		var wg sync.WaitGroup
		for i, a := range agents {
			wg.Go(func() {
				a.Try("t", "take", "id", fmt.Sprint("take", round), "chat", w.Chat)
				a.Try("t", "say", "id", fmt.Sprint("say", round), "chat", w.Chat, "text", fmt.Sprint("agent ", i))
			})
		}
		wg.Wait()
		thanks := ada.Say("m2", "thanks")
		s.settled("bot", "escalation")
		ada.Find("her own words, behind what the agents said", func(f talk.Frame) bool { return f.T == "event" && f.Seq == thanks })
		speakers, waiting := map[string]bool{}, false
		for _, f := range ada.Seen() {
			waiting = waiting || f.Status == "waiting"
			if f.Kind == "reply" && waiting {
				t.Errorf("round %d: the bot speaks after the chat went to a person", round)
			}
			if f.Kind == "say" {
				speakers[f.From.Name] = true
			}
		}
		if len(speakers) != 1 {
			t.Errorf("round %d: %d agents spoke", round, len(speakers))
		}
	}
}

// slow is a bot that takes a moment, as a model does.
type slow struct{}

func (slow) Think(ctx context.Context, q answer.Question, p answer.Progress) (answer.Answer, error) {
	select {
	case <-time.After(30 * time.Millisecond):
	case <-ctx.Done():
		return answer.Answer{}, ctx.Err()
	}
	return echo{}.Think(ctx, q, p)
}

// Promise 6: whatever was accepted is in the store exactly once, and a page read
// straight after an acknowledgement contains the message.
func TestPromise6HistoryIsComplete(t *testing.T) {
	s := newSystem(t)
	g := s.gateway()
	s.bot(echo{})
	worker := s.history()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	const messages = 60
	for i := range messages {
		if i%20 == 10 { // the worker dies, another comes
			worker.kill()
			worker = s.history()
		}
		seq := ada.Say(fmt.Sprint("m", i), "text")
		page := ada.Ask("t", "page", "id", fmt.Sprint("p", i), "limit", 10)
		has := false
		for _, f := range page.Events {
			has = has || f.Seq == seq
		}
		if page.T == "page" && !has {
			t.Errorf("a page after the acknowledgement of %d lacks it", seq)
		}
	}
	answered(t, ada, messages)
	want := ada.Seen()
	bustest.Eventually(t, "the store to be complete", func() bool {
		page, err := s.store.Page(t.Context(), store.PageQuery{Chat: chat.ID(w.Chat), Limit: 1000})
		if err != nil || len(page.Events) != len(want) {
			return false
		}
		for i, e := range page.Events {
			if e.Seq != want[i].Seq {
				t.Fatalf("the store has %d where the visitor saw %d", e.Seq, want[i].Seq)
			}
		}
		return true
	})
}

// Promise 6, for agents: two of them whose clients choose the same id keep both
// notes, and each client finds its own id again.
func TestTwoAgentsMayUseOneID(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m", "hello")
	for _, user := range []string{"grace", "hedy"} {
		a := s.agent(g, user)
		a.Do("t", "note", "id", "1", "chat", w.Chat, "text", "a note by "+user)
	}
	reader := s.agent(g, "mary")
	page := reader.Do("t", "page", "id", "p", "chat", w.Chat, "limit", 50)
	notes := 0
	for _, f := range page.Events {
		if f.Kind == "note" && f.ID == "1" {
			notes++
		}
	}
	if notes != 2 {
		t.Errorf("%d of 2 notes are in the history: %+v", notes, page.Events)
	}
}
