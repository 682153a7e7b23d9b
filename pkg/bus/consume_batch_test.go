package bus_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// consumeBatches runs until the test ends.
func consumeBatches(t *testing.T, c *bus.Conn, handle func([]chat.Event) error) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	t.Cleanup(func() { cancel(); wg.Wait() })
	wg.Go(func() {
		_ = c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(_ context.Context, events []chat.Event) error { return handle(events) })
	})
}

// A store does most of its work once for each batch.
func TestABatchHoldsEventsOfSeveralStreams(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	one, other := chatIn(0), chatIn(1)
	var together atomic.Bool
	consumeBatches(t, c, func(events []chat.Event) error {
		of := func(id chat.ID) bool {
			return slices.ContainsFunc(events, func(e chat.Event) bool { return e.Chat == id })
		}
		if of(one) && of(other) {
			together.Store(true)
		}
		return nil
	})
	n := 0
	bustest.Eventually(t, "a batch with events of both", func() bool {
		n++
		says(t, c, one, fmt.Sprint(n))
		says(t, c, other, fmt.Sprint(n))
		return together.Load()
	})
}

// One event that is refused must hold up neither those after it in its stream, nor, until
// it is known for good, the proof that others are taken.
func TestABatchThatIsRefusedHoldsUpNoneAfterIt(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, id := server.Connect("history"), chat.NewID()
	var mu sync.Mutex
	stored := map[string]int{}
	refuse, refused := true, 0
	consumeBatches(t, c, func(events []chat.Event) error {
		mu.Lock()
		defer mu.Unlock()
		if refuse && slices.ContainsFunc(events, func(e chat.Event) bool { return e.Text == "poison" }) {
			refused++
			return errors.New("not this one")
		}
		for _, e := range events {
			stored[e.Text]++
		}
		return nil
	})
	times := func(text string) int {
		mu.Lock()
		defer mu.Unlock()
		return stored[text]
	}
	poison := says(t, c, id, "poison")
	bustest.Eventually(t, "it is refused, alone", func() bool { mu.Lock(); defer mu.Unlock(); return refused > 0 })
	for i := range 3 {
		last := fmt.Sprint("after it ", i)
		says(t, c, id, last)
		bustest.Eventually(t, last+" is stored", func() bool { return times(last) > 0 })
	}
	if floor, err := c.Acknowledged(t.Context(), id, "history"); err != nil || floor >= poison {
		t.Errorf("the floor is %d (%v), and %d is not stored", floor, err, poison)
	}
	mu.Lock()
	refuse = false
	mu.Unlock()
	bustest.Eventually(t, "it is stored once it is taken", func() bool { return times("poison") > 0 && server.Settled("history") })
}

// What a store writes down need not be encoded again.
func TestABatchHasWhatTheStreamHas(t *testing.T) {
	t.Parallel()
	c, id := bustest.Conn(t), chat.NewID()
	var mu sync.Mutex
	raw := map[uint64]string{}
	consumeBatches(t, c, func(events []chat.Event) error {
		mu.Lock()
		defer mu.Unlock()
		for _, e := range events {
			raw[e.Seq] = e.Raw
		}
		return nil
	})
	said := visitorSays(id, "m", "hello")
	seq := says(t, c, id, "hello")
	writeNote(t, c, noteOf(id, "n", "for agents"))
	bustest.Eventually(t, "both arrive", func() bool { mu.Lock(); defer mu.Unlock(); return len(raw) == 2 })
	for s, got := range raw {
		e, err := chat.Decode([]byte(got), id, s, said.At)
		switch {
		case s != seq && got != "":
			t.Errorf("a note, whose words are sealed in the stream, comes with %s", got)
		case s == seq && (err != nil || e.Text != "hello"):
			t.Errorf("the message comes with %q", got)
		}
	}
}
