package bus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// serve runs a service until the test ends.
func serve(t *testing.T, c *bus.Conn, name string, handlings ...bus.Handling) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Serve(ctx, name, "0.0.0", handlings...); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
}

func TestADeadLetterIsRemovedOnlyAfterItsReplay(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, worker := server.Connect("operator"), server.Connect("bot")
	var result atomic.Value
	var given atomic.Pointer[bus.Delivery]
	result.Store("boom")
	handle := func(_ context.Context, d bus.Delivery) error {
		given.Store(&d)
		switch s := result.Load().(string); s {
		case "":
			return nil
		case "panic":
			panic("as it happens")
		default:
			return bus.Permanent(errors.New(s))
		}
	}
	consume(t, worker, bus.Consumer{}, handle)
	serve(t, worker, "botworker", worker.Replay("bot", handle))
	id := chat.NewID()
	seq := says(t, c, id, "x")
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	l := oneLetter(t, c)

	for _, s := range []string{"still boom", "panic"} {
		result.Store(s)
		given.Store(nil)
		err := c.ReplayDeadLetter(t.Context(), l.Number)
		if err == nil || !strings.Contains(err.Error(), s) || given.Load() == nil {
			t.Errorf("a replay that fails with %q: %v", s, err)
		}
		if got := letters(t, c); len(got) != 1 {
			t.Errorf("the letter is gone after a replay that failed: %+v", got)
		}
	}
	result.Store("")
	if err := c.ReplayDeadLetter(t.Context(), l.Number); err != nil {
		t.Fatal(err)
	}
	d := given.Load()
	if d.Event.Chat != id || d.Event.Seq != seq || d.Event.Text != "x" || !d.Event.At.Equal(l.Stored) || d.Tries < 2 {
		t.Errorf("handed over was %+v", d)
	}
	if got := letters(t, c); len(got) != 0 {
		t.Errorf("a letter is left: %+v", got)
	}
}

func TestAReplayWaitsForAReplicaAndReportsIfThereIsNone(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	r := consume(t, c, bus.Consumer{}, func(context.Context, bus.Delivery) error { return bus.Permanent(errBoom) })
	says(t, c, chat.NewID(), "x")
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	r.cancel()
	if err := c.ReplayDeadLetter(t.Context(), 1); !errors.Is(err, bus.ErrNoReplica) || !strings.Contains(err.Error(), "bot") {
		t.Errorf("without a replica: %v", err)
	}
	oneLetter(t, c)
	done := make(chan error, 1)
	go func() { done <- c.ReplayDeadLetter(t.Context(), 1) }()
	select {
	case err := <-done:
		t.Fatalf("it does not wait for one: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	serve(t, c, "botworker", c.Replay("bot", func(context.Context, bus.Delivery) error { return nil }))
	if err := <-done; err != nil {
		t.Errorf("with a replica that came later: %v", err)
	}
}

// Poison timers are given up like events, and are in no other timer's way.
func TestTimersThatFailStopNoOtherAndCanBeReplayed(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var mended, replayed, handled atomic.Int32
	handle := func(_ context.Context, tm bus.Timer) error {
		switch {
		case tm.Kind == "healthy":
			handled.Add(1)
		case mended.Load() == 1:
			replayed.Add(1)
			if tm.Kind != "poison" || tm.Seq != 5 {
				t.Errorf("replayed is %+v", tm)
			}
		case tm.Seq == 6:
			panic("as it happens")
		default:
			return errBoom
		}
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.ConsumeTimers(ctx, bus.Consumer{Name: "escalation", Workers: 4, Tries: 3}, handle); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	set := func(kind string, seq uint64) {
		t.Helper()
		if err := c.SetTimer(t.Context(), bus.Timer{Chat: chat.NewID(), Kind: kind, Seq: seq, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	for range 200 {
		set("poison", 5)
	}
	set("poison", 6)
	set("healthy", 1)
	bustest.Eventually(t, "the healthy timer is handled", func() bool { return handled.Load() == 1 })
	bustest.Eventually(t, "the others are dead letters", func() bool {
		list, more, err := c.DeadLetters(t.Context(), 150, bus.MaxDeadLetters)
		return err == nil && !more && len(list) == 51
	})
	bustest.Eventually(t, "no timer is left", func() bool { n, err := c.TimersLeft(t.Context()); return n == 0 && err == nil })
	noNotesLeft(t, c)

	l, err := c.DeadLetter(t.Context(), 1)
	if err != nil || l.Role != "escalation" || l.Stream != "TIMERS" || l.Failed != 3 || l.Chat == "" {
		t.Fatalf("the letter is %+v (%v)", l, err)
	}
	mended.Store(1)
	serve(t, c, "escalation", c.Replay("escalation", func(context.Context, bus.Delivery) error { return errBoom }), c.ReplayTimers("escalation", handle))
	if l.Reason != errBoom.Error() { // the one that panics may have been first
		l.Number++
	}
	if err := c.ReplayDeadLetter(t.Context(), l.Number); err != nil || replayed.Load() != 1 {
		t.Errorf("replayed %d times: %v", replayed.Load(), err)
	}
}

func TestDeadLettersCanBeListedReadAndDropped(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	consume(t, c, bus.Consumer{}, func(context.Context, bus.Delivery) error { return bus.Permanent(errBoom) })
	id := chat.NewID()
	for i := range 5 {
		says(t, c, id, fmt.Sprint("text ", i))
	}
	bustest.Eventually(t, "five dead letters", func() bool { return len(letters(t, c)) == 5 })
	if err := c.DropDeadLetter(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	var numbers []uint64
	for after, more := uint64(0), true; more; {
		var page []bus.DeadLetter
		var err error
		if page, more, err = c.DeadLetters(t.Context(), after, 2); err != nil || len(page) > 2 {
			t.Fatalf("%d letters, %v", len(page), err)
		}
		for _, l := range page {
			numbers, after = append(numbers, l.Number), l.Number
		}
	}
	if !slices.Equal(numbers, []uint64{1, 3, 4, 5}) {
		t.Errorf("listed are %v", numbers)
	}
	if l, err := c.DeadLetter(t.Context(), 4); err != nil || !strings.Contains(string(l.Data), "text 3") || l.Number != 4 {
		t.Errorf("letter 4 is %+v (%v)", l, err)
	}
	for _, err := range []error{c.DropDeadLetter(t.Context(), 2), c.ReplayDeadLetter(t.Context(), 2), c.DropDeadLetter(t.Context(), 0)} {
		if !errors.Is(err, bus.ErrNotFound) {
			t.Errorf("a letter that is not there: %v", err)
		}
	}
}
