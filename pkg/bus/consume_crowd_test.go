package bus_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func TestTwoHundredPoisonMessagesStopNobody(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var handled, gone, goneBefore atomic.Int32
	consume(t, c, bus.Consumer{Workers: 32, Tries: 4}, func(_ context.Context, d bus.Delivery) error {
		if d.Event.Text == "poison" {
			if d.Tries >= 4 {
				gone.Add(1)
			}
			return errBoom
		}
		goneBefore.Store(gone.Load())
		handled.Add(1)
		return nil
	})
	for range 200 {
		says(t, c, chatIn(0), "poison")
	}
	says(t, c, chatIn(0), "healthy")
	bustest.Eventually(t, "the healthy chat is served", func() bool { return handled.Load() == 1 })
	if goneBefore.Load() >= 200 {
		t.Error("served only after all the poison was gone")
	}
	bustest.Eventually(t, "200 dead letters", func() bool { return len(letters(t, c)) == 200 })
}

// Handlers that hang before they fail leave workers for everybody else.
func TestWhatFailedBeforeTakesHalfOfTheWorkersAtMost(t *testing.T) {
	t.Parallel()
	c, hang := bustest.Conn(t), make(chan struct{})
	var handled, failed, hanging atomic.Int32
	r := consume(t, c, bus.Consumer{Workers: 4, Tries: 100}, func(ctx context.Context, d bus.Delivery) error {
		switch {
		case d.Event.Text != "poison":
			handled.Add(1)
			return nil
		case d.Tries == 1:
			failed.Add(1)
			return errBoom
		}
		hanging.Add(1)
		select {
		case <-hang:
		case <-ctx.Done():
		}
		return errBoom
	})
	t.Cleanup(func() { close(hang); r.cancel() })
	for range 200 {
		says(t, c, chatIn(0), "poison")
	}
	bustest.Eventually(t, "all the poison failed once, and hangs now", func() bool { return failed.Load() == 200 && hanging.Load() >= 2 })
	for began, said := time.Now(), int32(1); time.Since(began) < 2*time.Second; said++ { // all the poison comes again meanwhile
		says(t, c, chatIn(0), "healthy")
		bustest.Eventually(t, "the healthy chat is served", func() bool { return handled.Load() == said })
	}
	if n := hanging.Load(); n != 2 {
		t.Errorf("%d of 4 workers deal with what failed before, want 2", n)
	}
}

// Chats that wait for something which only they need (a store, say) are not in
// the way of others. Each is delivered again and again meanwhile, ten times within the first
// minutes, so that a slow machine is busy with a few hundred of them.
func TestHundredsOfWaitingChatsStopNobody(t *testing.T) {
	t.Parallel()
	c := bustest.Conn(t)
	var handled, waiting atomic.Int32
	consume(t, c, bus.Consumer{Workers: 16}, func(_ context.Context, d bus.Delivery) error {
		if d.Event.Text == "waits" {
			if d.Tries == 1 {
				waiting.Add(1)
			}
			return bus.ErrUnavailable
		}
		handled.Add(1)
		return nil
	})
	for range 400 {
		says(t, c, chatIn(0), "waits")
	}
	says(t, c, chatIn(0), "healthy")
	bustest.Eventually(t, "the healthy chat is served", func() bool { return handled.Load() == 1 })
}
