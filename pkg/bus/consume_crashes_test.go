package bus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// role is what a replica does; kill ends it from within.
type role func(kill func()) (bus.Consumer, bus.Handler)

// lives runs replicas one after the other: when one is killed the next one
// begins, until done.
func lives(t *testing.T, server *bustest.Server, each role, done func() bool) {
	t.Helper()
	for life := range 30 {
		var r *replica
		var once sync.Once
		ready, dead := make(chan struct{}), make(chan struct{})
		consumer, handle := each(func() { once.Do(func() { <-ready; r.dies(); close(dead) }) })
		r = consume(t, server.Connect(fmt.Sprint("life ", life)).NoticeDeathsQuickly(), consumer, func(ctx context.Context, d bus.Delivery) error {
			return errors.Join(handle(ctx, d), ctx.Err())
		})
		close(ready)
		bustest.Eventually(t, "this life ends, or all is done", func() bool {
			select {
			case <-dead:
				return true
			default:
				return done()
			}
		})
		r.cancel()
		<-r.done
		if done() {
			return
		}
	}
	t.Fatal("no end after thirty lives")
}

func TestAnEventThatCrashesTheProcessEachTimeIsGivenUp(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var began, noted, told atomic.Int32
	says(t, c, chat.NewID(), "poison")
	lives(t, server, func(kill func()) (bus.Consumer, bus.Handler) {
		return bus.Consumer{GaveUp: func(context.Context, bus.Delivery) error { told.Add(1); return nil }},
			func(_ context.Context, d bus.Delivery) error {
				began.Add(1)
				if d.Tries > 2 {
					noted.Add(1)
				}
				kill()
				return nil
			}
	}, func() bool { return len(letters(t, c)) == 1 })
	if l := oneLetter(t, c); !strings.Contains(l.Reason, "the process") || l.Failed != 0 {
		t.Errorf("the letter is %+v", l)
	}
	// Two deliveries leave no note, three do. On a busy machine one of the two may lapse before
	// it is handled.
	if noted.Load() != 3 || began.Load() > 5 || told.Load() != 1 {
		t.Errorf("%d processes ended, want 5, and %d of them after their note, want 3; told %d times", began.Load(), noted.Load(), told.Load())
	}
	noNotesLeft(t, c)
}

// The notification may crash the process just as well.
func TestAnEventIsRecordedEvenIfTheNotificationCrashesTheProcess(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var handled, told, noted atomic.Int32
	says(t, c, chat.NewID(), "poison")
	lives(t, server, func(kill func()) (bus.Consumer, bus.Handler) {
		return bus.Consumer{Tries: 1, GaveUp: func(_ context.Context, d bus.Delivery) error {
				told.Add(1)
				if d.Tries > 2 {
					noted.Add(1)
				}
				kill()
				return nil
			}},
			func(context.Context, bus.Delivery) error { handled.Add(1); return errors.New("given up at once") }
	}, func() bool { return len(letters(t, c)) == 1 })
	l := oneLetter(t, c)
	if !strings.HasPrefix(l.Reason, "given up at once; ") || !strings.Contains(l.Reason, "the process") {
		t.Errorf("the letter says %q", l.Reason)
	}
	if handled.Load() != 1 || noted.Load() != 3 || told.Load() > 5 {
		t.Errorf("handled %d times, want once; told %d times, want 5, and %d of them after a note, want 3", handled.Load(), told.Load(), noted.Load())
	}
}

// An operator who ends replicas, however often before and twice while it counts,
// makes no poison of what they were at.
func TestKilledReplicasMakeNoPoison(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var handled atomic.Int32
	says(t, c, chat.NewID(), "x")
	lives(t, server, func(kill func()) (bus.Consumer, bus.Handler) {
		return bus.Consumer{}, func(_ context.Context, d bus.Delivery) error {
			if d.Tries <= 4 {
				kill()
			} else {
				handled.Add(1)
			}
			return nil
		}
	}, func() bool { return handled.Load() >= 1 && server.Settled("bot") })
	if list := letters(t, c); len(list) != 0 {
		t.Errorf("given up: %+v", list)
	}
	noNotesLeft(t, c)
}

// A replica that stops in order takes back its records.
func TestStoppingReplicasMakeNoPoison(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	says(t, c, chat.NewID(), "x")
	for range 8 {
		began := make(chan struct{}, 10)
		r := consume(t, server.Connect("bot").NoticeDeathsQuickly(), bus.Consumer{}, func(ctx context.Context, d bus.Delivery) error {
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		<-began
		r.cancel()
		<-r.done
	}
	var handled atomic.Int32
	consume(t, server.Connect("bot"), bus.Consumer{}, func(context.Context, bus.Delivery) error { handled.Add(1); return nil })
	bustest.Eventually(t, "it is handled", func() bool { return handled.Load() >= 1 })
	noNotesLeft(t, c)
}

// Slow events are always running when the poison crashes the process. They are not
// taken for poison.
func TestEventsHandledBesideACrashAreNotGivenUp(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	const bystanders = 3
	for range bystanders {
		says(t, c, chatIn(0), "slow")
	}
	poison := chatIn(0)
	seq := says(t, c, poison, "poison")
	var handled atomic.Int32
	lives(t, server, func(kill func()) (bus.Consumer, bus.Handler) {
		return bus.Consumer{Workers: 8}, func(ctx context.Context, d bus.Delivery) error {
			if d.Event.Text == "poison" {
				kill()
				return nil
			}
			slow := time.NewTimer(700 * time.Millisecond)
			defer slow.Stop()
			select {
			case <-slow.C:
				handled.Add(1)
			case <-ctx.Done():
			}
			return nil
		}
	}, func() bool { return handled.Load() >= bystanders && server.Settled("bot") })
	if list := letters(t, c); len(list) != 1 || list[0].Seq != seq {
		t.Errorf("given up are %+v, want only %d", list, seq)
	}
}

// The history worker's way to consume.
func TestAnEventThatCrashesTheProcessEachTimeIsTakenOutOfItsBatch(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c := server.Connect("gateway")
	var others []uint64
	poison := uint64(0)
	for i := range 10 {
		seq := says(t, c, chatIn(0), fmt.Sprint(i))
		if i == 4 {
			poison = seq
		} else {
			others = append(others, seq)
		}
	}
	var mu sync.Mutex
	stored := map[uint64]bool{}
	settled := func() bool { return server.Settled("history") }
	for life := 0; !settled(); life++ {
		if life > 20 {
			t.Fatal("no end after twenty lives")
		}
		conn := server.Connect(fmt.Sprint("life ", life)).NoticeDeathsQuickly()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = conn.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(ctx context.Context, events []chat.Event) error {
				for _, e := range events {
					if e.Seq == poison {
						conn.Close()
						cancel()
						return ctx.Err()
					}
				}
				mu.Lock()
				defer mu.Unlock()
				for _, e := range events {
					stored[e.Seq] = true
				}
				return nil
			})
		}()
		bustest.Eventually(t, "this life ends, or all is done", func() bool { return ctx.Err() != nil || settled() })
		cancel()
		<-done
	}
	for _, seq := range others {
		if !stored[seq] {
			t.Errorf("event %d is not stored", seq)
		}
	}
	if l := oneLetter(t, c); l.Seq != poison || l.Role != "history" {
		t.Errorf("the letter is %+v, want one of %d", l, poison)
	}
	noNotesLeft(t, c)
}

func TestABatchThatPanicsEndsNoProcess(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var tries atomic.Int32
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(context.Context, []chat.Event) error {
			if tries.Add(1) == 1 {
				panic("as it happens")
			}
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	says(t, c, chat.NewID(), "x")
	bustest.Eventually(t, "it is tried again", func() bool { return tries.Load() == 2 })
}
