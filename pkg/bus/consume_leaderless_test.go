package bus_test

import (
	"context"
	"errors"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A consumer is pulled from, unasked whether it is there, for as long as nobody
// answers. It may have been removed.
func TestAConsumerThatWasRemovedIsCreatedAgain(t *testing.T) {
	s := bustest.Start(t)
	c, operator := s.Connect("bot"), s.Connect("operator")
	heard := &texts{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 4}, func(_ context.Context, d bus.Delivery) error {
			heard.Live(d.Event, 0)
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	say := func(text string) {
		t.Helper()
		if _, err := operator.AppendIn(t.Context(), visitorSays(chat.NewID(), "m", text), nil); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, text+" is heard", func() bool { return heard.heard(text) })
	}
	say("the first")
	for _, text := range []string{"the second", "the third"} {
		bustest.Eventually(t, "there is a consumer in each stream to remove", func() bool { return operator.RemoveConsumers(t.Context(), "bot") == nil })
		say(text)
	}
}

// NATS refuses a message while another one with its id is on its way: the torture's
// killed leaders had a bot count that as a failure of its own, and wait.
func TestAMessageWithAnIDInFlightIsTriedAgain(t *testing.T) {
	if err := bus.Translate(&jetstream.APIError{Code: 409, ErrorCode: 10158}); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("it is %v", err)
	}
}
