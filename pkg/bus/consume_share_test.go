package bus_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A replica that was just added has work at once: the one that was there first
// has not taken everything that waits.
func TestAReplicaLeavesWorkForTheOthers(t *testing.T) {
	s := bustest.Start(t)
	first, second := s.Connect("first"), s.Connect("second")
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	consume := func(c *bus.Conn, workers int, handle bus.Handler) {
		wg.Go(func() {
			if err := c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: workers}, handle); err != nil {
				t.Error(err)
			}
		})
	}
	var busy, done atomic.Int32
	consume(first, 2, func(ctx context.Context, _ bus.Delivery) error {
		busy.Add(1)
		<-ctx.Done() // thinks for as long as this test takes
		return ctx.Err()
	})
	const messages = 60
	for range messages {
		if _, err := first.AppendIn(t.Context(), visitorSays(chat.NewID(), "m", "hello"), nil); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "the first one thinks about two", func() bool { return busy.Load() == 2 })
	consume(second, 10, func(context.Context, bus.Delivery) error { done.Add(1); return nil })
	// Eight of each of the two streams are the first one's.
	bustest.Eventually(t, "the second one has answered the rest", func() bool { return done.Load() >= messages-2*8 })
}
