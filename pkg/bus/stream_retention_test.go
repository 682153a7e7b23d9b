package bus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// tenStored appends ten events to one chat, which a durable consumer acknowledges.
func tenStored(t *testing.T, c *bus.Conn) (id chat.ID, events []chat.Event) {
	t.Helper()
	id = chat.NewID()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(context.Context, []chat.Event) error { return nil })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	for i := range 10 {
		if _, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), "x"), nil); err != nil {
			t.Fatal(err)
		}
	}
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleAgent)
	if err != nil || len(tail.Events) != 10 {
		t.Fatalf("%d events, %v", len(tail.Events), err)
	}
	bustest.Eventually(t, "all is acknowledged", func() bool {
		floor, err := c.Acknowledged(t.Context(), id, "history")
		return err == nil && floor == tail.Events[9].Seq
	})
	return id, tail.Events
}

func TestWhatIsYoungerThanTheLimitIsKept(t *testing.T) {
	c := bustest.Conn(t)
	id, events := tenStored(t, c)
	n, err := c.PurgeStoredBefore(t.Context(), "history", events[4].At)
	if err != nil || n != 4 {
		t.Fatalf("purged %d (%v), want the 4 before the limit", n, err)
	}
	tail, err := c.TailOf(t.Context(), id, 0, chat.RoleAgent)
	if err != nil || tail.Whole || len(tail.Events) != 6 || tail.Events[0].Seq != events[4].Seq {
		t.Errorf("the stream holds %+v (%v), want the six from %d on", tail, err, events[4].Seq)
	}
	if gone, err := c.PurgedThrough(t.Context(), id); err != nil || gone != events[3].Seq {
		t.Errorf("purged through %d (%v), want %d", gone, err, events[3].Seq)
	}
	if n, err := c.PurgeStoredBefore(t.Context(), "history", events[4].At); n != 0 || err != nil {
		t.Errorf("a second time it purges %d (%v)", n, err)
	}
}

func TestAStreamThatWasPurgedGoesOnWithItsSequences(t *testing.T) {
	c := bustest.Conn(t)
	id, events := tenStored(t, c)
	if n, err := c.PurgeStored(t.Context(), "history", time.Nanosecond); err != nil || n != 10 {
		t.Fatalf("purged %d (%v), want 10", n, err)
	}
	s, err := c.AppendIn(t.Context(), visitorSays(id, "next", "x"), nil)
	if err != nil || s.Seq != events[9].Seq+1 {
		t.Errorf("the next event has %d (%v), want %d", s.Seq, err, events[9].Seq+1)
	}
	again, err := c.AppendIn(t.Context(), visitorSays(id, "9", "x"), nil)
	if err != nil || !again.Duplicate || again.Seq != events[9].Seq {
		t.Errorf("a purged event sent again: %+v (%v), want a duplicate of %d", again, err, events[9].Seq)
	}
}

// A consumer whose filter matches nothing acknowledges nothing, and has missed nothing.
func TestAConsumerThatNothingIsForKeepsNothing(t *testing.T) {
	c := bustest.Conn(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.Consume(ctx, bus.Consumer{Name: "escalation", Filter: bus.AllRequests, Workers: 1}, func(context.Context, bus.Delivery) error { return nil })
	}()
	t.Cleanup(func() { cancel(); <-done })
	id, events := tenStored(t, c)
	bustest.Eventually(t, "what is old and stored is purged", func() bool {
		_, err := c.PurgeStored(t.Context(), "history", time.Nanosecond)
		gone, goneErr := c.PurgedThrough(t.Context(), id)
		return err == nil && goneErr == nil && gone == events[9].Seq
	})
}

func TestNothingIsPurgedWithoutTheConsumerThatStores(t *testing.T) {
	c := bustest.Conn(t)
	id, _ := tenStored(t, c)
	if n, err := c.PurgeStored(t.Context(), "another", time.Nanosecond); n != 0 || err != nil {
		t.Errorf("purged %d (%v)", n, err)
	}
	if floor, err := c.Acknowledged(t.Context(), id, "another"); floor != 0 || err != nil {
		t.Errorf("a consumer that does not exist has acknowledged %d (%v)", floor, err)
	}
}

func TestADeadLetterIsRecordedOnce(t *testing.T) {
	c := bustest.Conn(t)
	e := visitorSays(chat.NewID(), "m", "x")
	e.Seq = 7
	for range 2 {
		if err := c.RecordDeadLetter(t.Context(), "history", e, 10, errors.New("refused")); err != nil {
			t.Fatal(err)
		}
	}
	if list, _, err := c.DeadLetters(t.Context(), 0, 10); len(list) != 1 || err != nil {
		t.Errorf("dead letters %+v (%v), want one", list, err)
	}
}
