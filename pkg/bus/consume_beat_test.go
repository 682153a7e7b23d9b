package bus_test

import (
	"context"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A bot may think for a minute, and a store may be down for an hour: what a replica is
// working on is nobody else's meanwhile.
func TestWhatIsBeingHandledIsReportedUntilItIsDone(t *testing.T) {
	t.Parallel()
	type handler func(handled func()) func(*bus.Conn, context.Context) error
	for name, consume := range map[string]handler{
		"one at a time": func(handled func()) func(*bus.Conn, context.Context) error {
			return func(c *bus.Conn, ctx context.Context) error {
				return c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(context.Context, bus.Delivery) error { handled(); return nil })
			}
		},
		"a batch": func(handled func()) func(*bus.Conn, context.Context) error {
			return func(c *bus.Conn, ctx context.Context) error {
				return c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(context.Context, []chat.Event) error { handled(); return nil })
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := bustest.Start(t)
			c := server.Connect("worker").NoticeDeathsQuickly()
			reports := server.Reports()
			var once sync.Once
			began, finish := make(chan struct{}), make(chan struct{})
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			run := consume(func() {
				once.Do(func() { close(began) })
				<-finish
			})
			go func() { done <- run(c, ctx) }()
			if _, err := c.AppendIn(t.Context(), visitorSays(chat.NewID(), "m", "hello"), nil); err != nil {
				t.Fatal(err)
			}
			<-began
			bustest.Eventually(t, "the third report", func() bool { return reports() >= 3 })
			close(finish)
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}
