package bus_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// What a replica gives back as it stops goes straight to another one: not to
// itself first, and none of it is lost on the way until it lapses.
func TestWhatAReplicaGivesBackIsDeliveredOnceMore(t *testing.T) {
	s := bustest.Start(t)
	first, second := s.Connect("first"), s.Connect("second")
	var wg sync.WaitGroup
	defer wg.Wait()
	consume := func(c *bus.Conn, workers int, handle bus.Handler) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		wg.Go(func() {
			defer close(done)
			if err := c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: workers}, handle); err != nil {
				t.Error(err)
			}
		})
		return func() { cancel(); <-done }
	}
	const messages, rounds = 8, 20 // few enough that it pulls for more when it stops
	for round := range rounds {
		var busy, done, often atomic.Int32
		stopFirst := consume(first, 1, func(ctx context.Context, _ bus.Delivery) error {
			busy.Add(1)
			<-ctx.Done()
			return ctx.Err()
		})
		for i := range messages {
			if _, err := first.AppendIn(t.Context(), visitorSays(chat.NewID(), fmt.Sprint(round, i), "hello"), nil); err != nil {
				t.Fatal(err)
			}
		}
		bustest.Eventually(t, "the first one holds them all", func() bool { return busy.Load() == 1 && s.Held("bot") == messages })
		stopFirst()
		stopSecond := consume(second, messages, func(_ context.Context, d bus.Delivery) error {
			if d.Tries > 2 {
				often.Add(1)
			}
			done.Add(1)
			return nil
		})
		bustest.Eventually(t, "the second one has them all", func() bool { return done.Load() >= messages })
		stopSecond()
		if n := often.Load(); n > 0 {
			t.Errorf("round %d: %d of %d were delivered to the first one again", round, n, messages)
		}
	}
}

// A pull that has brought most of what it may does not run dry before the next one is asked
// for: that one has an inbox of its own, since the first one's is still in use.
func TestTheNextPullIsAskedForEarly(t *testing.T) {
	s := bustest.Start(t)
	c, other, id := s.Connect("bot"), s.Connect("gateway"), chat.NewID()
	inboxes := s.PullInboxes(c.StreamOf(id), "bot")
	var handled atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(context.Context, bus.Delivery) error {
			handled.Add(1)
			return nil
		})
	}()
	bustest.Eventually(t, "two pulls are open at once", func() bool {
		before := handled.Load()
		if _, err := other.AppendIn(t.Context(), visitorSays(id, string(chat.NewID()), "hello"), nil); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, "it is handled", func() bool { return handled.Load() == before+1 })
		return inboxes() > 1
	})
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
