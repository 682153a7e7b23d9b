package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Whatever gateways guess, the hint that comes with an event names the visitor's event before
// it, however many tabs at however many gateways write at once.
func TestAHintNamesTheInputBefore(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	const gateways, each = 4, 50
	id := chat.NewID()
	var mu sync.Mutex
	named := map[uint64]uint64{} // the input that each event's hint names
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	bot := server.Connect("bot")
	go func() {
		done <- bot.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(_ context.Context, d bus.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			if d.Hint == nil {
				t.Errorf("event %d came without a hint", d.Event.Seq)
				return nil
			}
			named[d.Event.Seq] = d.Hint.Input
			return nil
		})
	}()
	t.Cleanup(func() { stop(); <-done })
	var writing sync.WaitGroup
	for g := range gateways {
		c := server.Connect(fmt.Sprint("gateway ", g))
		writing.Go(func() {
			hint := bus.Hint{Snapshot: bus.Snapshot{Out: 1, State: chat.State{Status: chat.WithBot, Visitor: "Ada"}}}
			for i := range each {
				stored, err := c.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(g, "-", i), "hello"), &hint)
				if err != nil {
					t.Error(err)
					return
				}
				hint.Input = stored.Seq // what the others wrote meanwhile it does not know
			}
		})
	}
	writing.Wait()
	bustest.Eventually(t, "all come", func() bool { mu.Lock(); defer mu.Unlock(); return len(named) == gateways*each })
	inputs, err := server.Connect("reader").Inputs(t.Context(), id, 0, 1<<62, 2*gateways*each)
	if err != nil || len(inputs) != gateways*each {
		t.Fatalf("%d inputs are stored, want each once: %v", len(inputs), err)
	}
	before := uint64(0)
	for _, e := range inputs {
		if named[e.Seq] != before {
			t.Errorf("the hint of event %d names event %d, and event %d came before it", e.Seq, named[e.Seq], before)
		}
		before = e.Seq
	}
}

// What is sent again is found, although the last input is no longer the one that was
// expected.
func TestAHintKeepsNoDuplicateFromBeingFound(t *testing.T) {
	t.Parallel()
	c, id := bustest.Conn(t), chat.NewID()
	first, err := c.AppendIn(t.Context(), visitorSays(id, "1", "hello"), &bus.Hint{})
	if err != nil || first.Duplicate {
		t.Fatal(first, err)
	}
	for range 2 {
		again, err := c.AppendIn(t.Context(), visitorSays(id, "1", "hello"), &bus.Hint{})
		if err != nil || !again.Duplicate || again.Seq != first.Seq {
			t.Errorf("sent again it is %+v, %v", again, err)
		}
		if _, err := c.AppendIn(t.Context(), visitorSays(id, string(chat.NewID()), "more"), &bus.Hint{Input: 1 << 40}); err != nil {
			t.Fatal(err)
		}
	}
}
