package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

var errBoom = errors.New("boom")

// replica is a consumer that runs, as a process of its own would.
type replica struct {
	conn   *bus.Conn
	cancel context.CancelFunc
	done   chan struct{}
}

// consume starts a replica. It ends with the test at the latest.
func consume(t *testing.T, conn *bus.Conn, consumer bus.Consumer, handle bus.Handler) *replica {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &replica{conn, cancel, make(chan struct{})}
	if consumer.Name == "" {
		consumer.Name = "bot"
	}
	consumer.Filter = bus.AllMessages
	go func() {
		defer close(r.done)
		if err := conn.Consume(ctx, consumer, handle); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-r.done })
	return r
}

// dies ends a replica as kill -9 does to everyone else: it says nothing any more.
func (r *replica) dies() {
	r.conn.Close()
	r.cancel()
}

// chatIn returns a chat of the first or the second of the two streams.
func chatIn(stream int) chat.ID {
	for {
		if id := chat.NewID(); id.Partition()/32 == stream {
			return id
		}
	}
}

func says(t *testing.T, c *bus.Conn, id chat.ID, text string) uint64 {
	t.Helper()
	stored, err := c.AppendIn(t.Context(), visitorSays(id, string(chat.NewID()), text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return stored.Seq
}

func letters(t *testing.T, c *bus.Conn) []bus.DeadLetter {
	t.Helper()
	list, _, err := c.DeadLetters(t.Context(), 0, bus.MaxDeadLetters)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func oneLetter(t *testing.T, c *bus.Conn) bus.DeadLetter {
	t.Helper()
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	return letters(t, c)[0]
}

func noNotesLeft(t *testing.T, c *bus.Conn) {
	t.Helper()
	bustest.Eventually(t, "no note on a delivery is left", func() bool {
		n, err := c.NotesOnDeliveries(t.Context())
		return n == 0 && err == nil
	})
}

// Errors and panics count alike. They are counted over replicas, and who it
// concerns is told before the letter is there.
func TestAnEventThatFailsEachTimeBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var tries, told atomic.Int32
	consumer := bus.Consumer{Workers: 4, Tries: 4, GaveUp: func(_ context.Context, d bus.Delivery) error {
		if list := letters(t, c); len(list) != 0 {
			t.Errorf("recorded before anybody was told: %+v", list)
		}
		told.Add(1)
		return nil
	}}
	for i := range 2 {
		consume(t, server.Connect(fmt.Sprint("bot ", i)), consumer, func(_ context.Context, d bus.Delivery) error {
			switch n := tries.Add(1); {
			case d.Event.Text != "poison":
				tries.Add(-1)
				return nil
			case n%2 == 0:
				panic("as it happens")
			}
			return errBoom
		})
	}
	id := chat.NewID()
	says(t, c, id, "healthy")
	seq := says(t, c, id, "poison")
	says(t, c, id, "healthy too")
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	l := oneLetter(t, c)
	if l.Chat != id || l.Seq != seq || l.Role != "bot" || l.Failed != 4 || l.Tries != 4 || !strings.Contains(l.Reason, "as it happens") ||
		!strings.Contains(string(l.Data), "poison") || l.At.IsZero() || l.Stored.IsZero() || l.Stored.After(l.At) {
		t.Errorf("the letter is %+v", l)
	}
	bustest.Eventually(t, "all is settled", func() bool { return server.Settled("bot") })
	if tries.Load() != 4 || told.Load() != 1 {
		t.Errorf("tried %d times, told %d times, want 4 and 1", tries.Load(), told.Load())
	}
	noNotesLeft(t, c)
}

func TestWhatNoRetryCanFixIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var tries atomic.Int32
	var told atomic.Uint64
	consume(t, server.Connect("bot"), bus.Consumer{GaveUp: func(_ context.Context, d bus.Delivery) error {
		told.Add(d.Event.Seq)
		return nil
	}}, func(context.Context, bus.Delivery) error {
		tries.Add(1)
		return bus.Permanent(errBoom)
	})
	id := chat.NewID()
	first := says(t, c, id, "x")
	garbage, err := c.AppendRaw(t.Context(), id, "no event")
	if err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "two dead letters", func() bool { return len(letters(t, c)) == 2 })
	list := letters(t, c)
	if list[0].Reason != errBoom.Error() || list[1].Seq != garbage.Seq || string(list[1].Data) != "no event" || list[1].Chat != id {
		t.Errorf("the letters are %+v", list)
	}
	if tries.Load() != 1 || told.Load() != first+garbage.Seq {
		t.Errorf("handled %d times, want once; told of %d, want %d and %d", tries.Load(), told.Load(), first, garbage.Seq)
	}
	bustest.Eventually(t, "all is settled", func() bool { return server.Settled("bot") })
	noNotesLeft(t, c)
}

// A dead letter fits into one NATS message whatever it is about.
func TestADeadLetterIsRecordedWithoutAMessageThatIsTooLarge(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	consume(t, server.Connect("bot"), bus.Consumer{}, func(context.Context, bus.Delivery) error {
		return bus.Permanent(errors.New(strings.Repeat("é", 300_000)))
	})
	id := chat.NewID()
	garbage, err := c.AppendRaw(t.Context(), id, strings.Repeat("x", 1<<20-1000))
	if err != nil {
		t.Fatal(err)
	}
	says(t, c, id, "x")
	bustest.Eventually(t, "two dead letters", func() bool { return len(letters(t, c)) == 2 })
	list := letters(t, c)
	if l := list[0]; l.Seq != garbage.Seq || len(l.Data) != 0 || !strings.Contains(l.Reason, "too large") {
		t.Errorf("letter %d has %d bytes and the reason %.200q", l.Seq, len(l.Data), l.Reason)
	}
	if l := list[1]; len(l.Data) == 0 || len(l.Reason) > 10_000 || strings.Contains(l.Reason, "\uFFFD") {
		t.Errorf("a reason of %d bytes", len(l.Reason))
	}
}

// A dependency that is down is waited for as long as it takes, and those deliveries
// don't count against an event that then fails once.
func TestAnOutageIsNoReasonToGiveUpAnEvent(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	results := []error{
		fmt.Errorf("store: %w", bus.ErrUnavailable), fmt.Errorf("store: %w", bus.ErrUnavailable), fmt.Errorf("store: %w", bus.ErrUnavailable),
		errBoom, bus.ErrUnavailable, nil,
	}
	var tries atomic.Int32
	consume(t, c, bus.Consumer{Tries: 2}, func(context.Context, bus.Delivery) error { return results[tries.Add(1)-1] })
	says(t, c, chat.NewID(), "x")
	bustest.Eventually(t, "it is handled in the end", func() bool { return int(tries.Load()) == len(results) })
	noNotesLeft(t, c)
	if list := letters(t, c); len(list) != 0 {
		t.Errorf("given up: %+v", list)
	}
}

// Without its record a delivery counts from zero, and waits for nothing.
func TestRecordsThatWereRemovedDelayNothing(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var tries atomic.Int32
	consume(t, c, bus.Consumer{Tries: 3}, func(context.Context, bus.Delivery) error {
		if tries.Add(1) == 2 {
			if err := c.RemoveNotes(t.Context()); err != nil {
				t.Error(err)
			}
		}
		return errBoom
	})
	says(t, c, chat.NewID(), "x")
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	if l := oneLetter(t, c); l.Failed != 3 || tries.Load() != 4 {
		t.Errorf("tried %d times, want 4: one before the notes went; the letter is %+v", tries.Load(), l)
	}
}

// The replica that gave an event up dies between telling and recording it. The
// next one neither handles the event (which would find it told of, and done) nor
// forgets the letter.
func TestACrashLosesNeitherTheDeadLetterNorTheNotification(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var told atomic.Int32
	var first *replica
	ready := make(chan struct{})
	first = consume(t, server.Connect("bot 1").NoticeDeathsQuickly(), bus.Consumer{Tries: 1, GaveUp: func(context.Context, bus.Delivery) error {
		<-ready
		told.Add(1)
		first.dies()
		return nil
	}}, func(context.Context, bus.Delivery) error { return errBoom })
	close(ready)
	says(t, c, chat.NewID(), "x")
	<-first.done
	if list := letters(t, c); told.Load() != 1 || len(list) != 0 {
		t.Fatalf("the crash came too late: told %d times, %+v", told.Load(), list)
	}
	consume(t, server.Connect("bot 2").NoticeDeathsQuickly(), bus.Consumer{Tries: 1, GaveUp: func(context.Context, bus.Delivery) error {
		told.Add(1)
		return nil
	}}, func(context.Context, bus.Delivery) error {
		t.Error("handled again after it was given up")
		return nil
	})
	bustest.Eventually(t, "all is settled", func() bool { return server.Settled("bot") })
	if l := oneLetter(t, c); l.Reason != errBoom.Error() || told.Load() < 2 {
		t.Errorf("told %d times, the letter is %+v", told.Load(), l)
	}
}

// A notification is tried as often as a handler; then the dead letter is recorded.
func TestADeadLetterIsRecordedEvenIfTheNotificationFails(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var tries, told atomic.Int32
	consume(t, c, bus.Consumer{Tries: 2, GaveUp: func(context.Context, bus.Delivery) error {
		if told.Add(1) == 1 {
			return bus.ErrUnavailable // this one does not count
		}
		return errors.New("nobody is there")
	}}, func(context.Context, bus.Delivery) error { tries.Add(1); return errBoom })
	says(t, c, chat.NewID(), "x")
	bustest.Eventually(t, "a dead letter", func() bool { return len(letters(t, c)) == 1 })
	l := oneLetter(t, c)
	if tries.Load() != 2 || told.Load() != 3 || !strings.HasPrefix(l.Reason, "boom; ") || !strings.HasSuffix(l.Reason, "nobody is there") {
		t.Errorf("handled %d times, told %d times: %s", tries.Load(), told.Load(), l.Reason)
	}
	noNotesLeft(t, c)
}
