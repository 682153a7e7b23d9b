package botworker

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// thinker counts the questions, and waits for go1 if that is set.
type thinker struct {
	began, go1 chan struct{}

	mu    sync.Mutex // guards what follows
	asked int
}

func (k *thinker) Think(ctx context.Context, _ answer.Question, _ answer.Progress) (answer.Answer, error) {
	k.mu.Lock()
	k.asked++
	k.mu.Unlock()
	if k.go1 != nil {
		k.began <- struct{}{}
		select {
		case <-k.go1:
		case <-ctx.Done():
			return answer.Answer{}, ctx.Err()
		}
	}
	return answer.Answer{Text: "ok"}, nil
}

func in(t *testing.T, c *bus.Conn, id chat.ID, e chat.Event, hint *bus.Hint) uint64 {
	t.Helper()
	e.Chat, e.From = id, chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}
	st, err := c.AppendIn(t.Context(), e, hint)
	if err != nil {
		t.Fatal(err)
	}
	return st.Seq
}

func start(t *testing.T, k *thinker) *bus.Conn {
	t.Helper()
	return startWith(t, k)
}

// startWith starts a worker with that thinker, and returns the gateway's connection.
func startWith(t *testing.T, k answer.Thinker) *bus.Conn {
	t.Helper()
	server := bustest.Start(t)
	work(t, server, k)
	return server.Connect("gateway")
}

// work runs a worker with that thinker until the test ends.
func work(t *testing.T, server *bustest.Server, k answer.Thinker) {
	t.Helper()
	workWith(t, server, k, Options{})
}

// workWith runs a worker with that thinker and these options until the test ends.
func workWith(t *testing.T, server *bustest.Server, k answer.Thinker, opts Options) {
	t.Helper()
	opts.Version, opts.Log = "0.0.0", zerolog.Nop()
	conn := server.Connect("bot")
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = New(opts, conn, k).Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

// Ratings come before a question; nobody has to answer them.
func TestAMessageBehindManyRequestsIsAnswered(t *testing.T) {
	c, id := start(t, &thinker{}), chat.NewID()
	for i := range maxBurst {
		in(t, c, id, chat.Event{Kind: chat.Request, Request: chat.Rate, Score: 5, ID: fmt.Sprint("r", i)}, nil)
	}
	seq := in(t, c, id, chat.Event{Kind: chat.Message, Text: "hello?", ID: "m"}, nil)
	bustest.Eventually(t, "an answer", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == seq })
}

// Messages arrive while the bot thinks about the first one, each with what the gateway
// knew then. They get one more answer, which the bot thinks of once: a model costs money.
func TestABurstIsThoughtAboutOnce(t *testing.T) {
	k := &thinker{began: make(chan struct{}, 100), go1: make(chan struct{})}
	c, id := start(t, k), chat.NewID()
	hint := bus.Hint{} // what a gateway knows about a chat without a reply
	in(t, c, id, chat.Event{Kind: chat.Message, Text: "1", ID: "m1"}, &hint)
	<-k.began
	var last uint64
	for i := 2; i <= 4; i++ {
		last = in(t, c, id, chat.Event{Kind: chat.Message, Text: fmt.Sprint(i), ID: fmt.Sprint("m", i)}, &hint)
	}
	close(k.go1)
	bustest.Eventually(t, "all to be answered", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == last })
	// A last message proves that the others were handled.
	end := in(t, c, id, chat.Event{Kind: chat.Message, Text: "end", ID: "end"}, nil)
	bustest.Eventually(t, "the end to be answered", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == end })
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	replies := 0
	for _, e := range tail.Events {
		if e.Kind == chat.Reply {
			replies++
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked != replies || replies != 3 {
		t.Errorf("%d replies, want 3; the model was asked %d times", replies, k.asked)
	}
}

// handBack stores that an agent handed the chat back to the bot.
func handBack(t *testing.T, c *bus.Conn, id chat.ID) chat.Event {
	t.Helper()
	back := chat.State{Status: chat.WithBot}
	e, err := c.GuardedAppend(t.Context(), id, 0, nil, func(bus.Snapshot) (chat.Event, error) {
		return chat.Event{Kind: chat.StateChange, Reason: chat.Returned, From: chat.Speaker{Role: chat.RoleSystem}, State: &back}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A chat is handed back, and the visitor writes before the bot has woken. The message
// has a delivery of its own, with what the gateway knew: it is thought about there only.
func TestWhatIsWrittenAfterAHandBackIsThoughtAboutOnce(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	e := handBack(t, c, id)
	last := in(t, c, id, chat.Event{Kind: chat.Message, Text: "1", ID: "m1"}, &bus.Hint{Snapshot: bus.Snapshot{Out: e.Seq, State: *e.State}})
	k := &thinker{}
	work(t, server, k)
	bustest.Eventually(t, "an answer", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == last })
	bustest.Eventually(t, "both to be dealt with", func() bool { return server.Settled(roles.Answering.Name) })
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked != 1 {
		t.Errorf("the model was asked %d times", k.asked)
	}
}

// More messages are open than one reply may cover, and the last one is handled first: the
// others wait for their next try, or are at another replica.
func TestAMessageBehindAFullBurstIsAnswered(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	var last uint64
	for n := range maxBurst + 1 {
		last = in(t, c, id, chat.Event{Kind: chat.Message, Text: fmt.Sprint(n), ID: fmt.Sprint("m", n)}, nil)
	}
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), &thinker{})
	events, err := c.Inputs(t.Context(), id, 0, last, maxBurst+1)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{maxBurst, 0} { // the deliveries before it find themselves answered
		if err := w.handle(t.Context(), bus.Delivery{Event: events[at], Tries: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := c.Last(t.Context(), id); err != nil || s.State.AnsweredThrough != last {
		t.Errorf("answered up to %d, want %d (%v)", s.State.AnsweredThrough, last, err)
	}
}

// Messages after a hand-back are no reason to wake on it again, however many they are.
func TestAHandBackBeforeAFullBurstIsHandled(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	e := handBack(t, c, id)
	for n := range maxBurst + 1 {
		in(t, c, id, chat.Event{Kind: chat.Message, Text: fmt.Sprint(n), ID: fmt.Sprint("m", n)}, nil)
	}
	k := &thinker{}
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), k)
	if err := w.handle(t.Context(), bus.Delivery{Event: e, Tries: 1}); err != nil || k.asked > 0 {
		t.Errorf("the model was asked %d times, and then: %v", k.asked, err)
	}
}

// The leader knows a message that is stored between the bot's two reads: it is no sign of
// a stale leader, and no reason for another delivery.
func TestAMessageBetweenTwoReadsIsNoSignOfAStaleLeader(t *testing.T) {
	server := bustest.Start(t)
	c, id := server.Connect("gateway"), chat.NewID()
	e := handBack(t, c, id)
	const read = 0 // how far the first read went: there was no message yet
	in(t, c, id, chat.Event{Kind: chat.Message, Text: "1", ID: "m1"}, nil)
	w := New(Options{Version: "0.0.0", Log: zerolog.Nop()}, server.Connect("bot"), &thinker{})
	if err := w.nothingOpen(t.Context(), e, bus.Snapshot{Out: e.Seq, State: *e.State}, read); !errors.Is(err, errSilent) {
		t.Errorf("it is %v", err)
	}
}

// All handlers are busy while a visitor writes three times, each message with what the
// gateway knew. What waits together is answered together.
func TestABurstThatWaitsForAHandlerIsThoughtAboutOnce(t *testing.T) {
	server := bustest.Start(t)
	k := &thinker{began: make(chan struct{}, 100), go1: make(chan struct{})}
	workWith(t, server, k, Options{Workers: 1})
	c, busy, id := server.Connect("gateway"), chat.NewID(), chat.NewID()
	inWork := server.InWork()
	hint := bus.Hint{}
	in(t, c, busy, chat.Event{Kind: chat.Message, Text: "first", ID: "b"}, &hint)
	<-k.began
	var last uint64
	for i := 1; i <= 3; i++ {
		last = in(t, c, id, chat.Event{Kind: chat.Message, Text: fmt.Sprint(i), ID: fmt.Sprint("m", i)}, &hint)
	}
	bustest.Eventually(t, "the replica to have taken in all of them", func() bool { return inWork() >= 4 })
	close(k.go1)
	bustest.Eventually(t, "all to be answered", func() bool { s, _ := c.Last(t.Context(), id); return s.State.AnsweredThrough == last })
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asked != 2 {
		t.Errorf("the model was asked %d times, want once for each chat", k.asked)
	}
}
