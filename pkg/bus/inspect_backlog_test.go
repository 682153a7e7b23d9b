package bus_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

func TestTheBacklogSeparatesWhatWaitsFromWhatIsHeld(t *testing.T) {
	conn := bustest.Conn(t)
	look := func() bus.Backlog {
		t.Helper()
		b, err := conn.Backlog(t.Context(), "bot")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if got := look(); got != (bus.Backlog{}) {
		t.Errorf("before there is a consumer: %+v", got)
	}
	const n = 40
	for i := range n {
		e := chat.Event{Chat: chat.NewID(), Kind: chat.Message, ID: fmt.Sprint("m", i), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "x"}
		if _, err := conn.AppendIn(t.Context(), e, nil); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	deal := make(chan struct{})
	go func() {
		done <- conn.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 3}, func(ctx context.Context, _ bus.Delivery) error {
			select {
			case <-deal:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	// Eight of each stream at most: three are worked on, the others are at hand.
	bustest.Eventually(t, "the worker to have what it may", func() bool {
		b := look()
		return b.Waiting+b.Held == n && b.Held >= 3 && b.Held <= 2*8 && b.Done == 0
	})
	for range 5 {
		deal <- struct{}{}
	}
	bustest.Eventually(t, "five to be done", func() bool { b := look(); return b.Waiting+b.Held == n-5 && b.Done == 5 })
	close(deal)
	bustest.Eventually(t, "all to be done", func() bool { return look() == bus.Backlog{Done: n} })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
