package bus_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry/telemetrytest"
)

// during runs f until the test ends.
func during(t *testing.T, f func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestWhatGoesWrongIsCounted(t *testing.T) {
	r := prometheus.NewRegistry()
	c := bustest.Start(t).ConnectWith(bus.Options{Name: "bot", Metrics: r, Log: zerolog.Nop()})
	figure := func(name string) float64 { return telemetrytest.Scrape(t, r)[name] }
	var tries atomic.Int32
	id := chat.NewID()
	during(t, func(ctx context.Context) error {
		return c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 1, Tries: 3}, func(_ context.Context, d bus.Delivery) error {
			switch {
			case d.Event.Text == "poison":
				return bus.Permanent(errors.New("no"))
			case tries.Add(1) < 3:
				return errors.New("not yet")
			}
			return nil
		})
	})
	for name, want := range map[string]float64{
		`parley_bus_deliveries_total{consumer="bot",result="handled"}`: 0, `parley_bus_dead_letters_total{consumer="bot"}`: 0,
		`parley_bus_redeliveries_total{consumer="bot"}`: 0, `parley_bus_conflicts_total{kind="reply"}`: 0,
	} {
		bustest.Eventually(t, name+" is there before anything happens", func() bool {
			got, is := telemetrytest.Scrape(t, r)[name]
			return is && got == want
		})
	}
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "1", "hello"), nil); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the third try succeeds", func() bool { return figure(`parley_bus_deliveries_total{consumer="bot",result="handled"}`) == 1 })
	if figure(`parley_bus_deliveries_total{consumer="bot",result="failed"}`) != 2 || figure(`parley_bus_redeliveries_total{consumer="bot"}`) < 2 {
		t.Errorf("after two failures: %v", telemetrytest.Scrape(t, r))
	}
	if _, err := c.AppendIn(t.Context(), visitorSays(id, "2", "poison"), nil); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "a dead letter", func() bool { return figure(`parley_bus_dead_letters_total{consumer="bot"}`) == 1 })
	bustest.Eventually(t, "the delivery is counted", func() bool { return figure(`parley_bus_deliveries_total{consumer="bot",result="given_up"}`) == 1 })

	// Somebody else writes between the look and the append, once.
	say := func(during func()) {
		t.Helper()
		_, err := c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			during()
			next, err := s.State.Apply(chat.Step{Kind: chat.Reply, At: time.Now(), AnsweredThrough: s.Out + 100})
			return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "yes", State: &next}, err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	first := true
	say(func() {
		if first {
			first = false
			say(func() {})
		}
	})
	if got := figure(`parley_bus_conflicts_total{kind="reply"}`); got != 1 {
		t.Errorf("%v conflicts, want 1", got)
	}
	if got := figure(`parley_bus_append_seconds_count{kind="reply"}`); got != 2 {
		t.Errorf("%v replies, want 2", got)
	}
}

func TestTheLagTellsHowMuchWaitsAndForHowLong(t *testing.T) {
	r := prometheus.NewRegistry()
	server := bustest.Start(t)
	c := server.ConnectWith(bus.Options{Name: "history", Metrics: r, Log: zerolog.Nop()})
	if err := c.MakeAll(t.Context(), roles.Durables()); err != nil {
		t.Fatal(err)
	}
	sum := func(name, consumer string) (total float64, shown int) {
		now := telemetrytest.Scrape(t, r)
		for _, stream := range []string{"CHAT_0", "CHAT_1"} {
			if v, is := now[name+`{consumer="`+consumer+`",stream="`+stream+`"}`]; is {
				total, shown = total+v, shown+1
			}
		}
		return total, shown
	}
	during(t, func(ctx context.Context) error { return c.WatchLag(ctx, 10*time.Millisecond, roles.Durables()) })
	during(t, func(ctx context.Context) error { return c.WatchTimerLag(ctx, 10*time.Millisecond, roles.Durables()) })
	for range 3 {
		id := chat.NewID()
		for _, e := range []chat.Event{visitorSays(id, "1", "hello"), {Chat: id, Kind: chat.Request, Request: chat.Escalate, ID: "2", From: chat.Speaker{Role: chat.RoleVisitor}}} {
			if _, err := c.AppendIn(t.Context(), e, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	for consumer, want := range map[string]float64{"bot": 3, "bot-states": 0, "escalation": 3, "escalation-states": 0, "history": 6} {
		bustest.Eventually(t, "they wait for "+consumer, func() bool { n, shown := sum("parley_consumer_pending", consumer); return n == want && shown == 2 })
	}
	was := 0.0
	bustest.Eventually(t, "they have an age", func() bool { was, _ = sum("parley_consumer_oldest_seconds", "bot"); return was > 0 })
	bustest.Eventually(t, "they grow older", func() bool { now, _ := sum("parley_consumer_oldest_seconds", "bot"); return now > was })
	bustest.Eventually(t, "the timers are shown", func() bool {
		_, is := telemetrytest.Scrape(t, r)[`parley_consumer_pending{consumer="escalation",stream="TIMERS"}`]
		return is
	})

	held := make(chan struct{})
	during(t, func(ctx context.Context) error {
		return c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 5}, func(ctx context.Context, _ bus.Delivery) error {
			select {
			case <-held:
			case <-ctx.Done():
			}
			return nil
		})
	})
	bustest.Eventually(t, "a replica has them", func() bool { n, _ := sum("parley_consumer_unacked", "bot"); return n == 3 })
	close(held)
	bustest.Eventually(t, "nothing waits for the bot", func() bool {
		pending, n := sum("parley_consumer_pending", "bot")
		unacked, _ := sum("parley_consumer_unacked", "bot")
		age, _ := sum("parley_consumer_oldest_seconds", "bot")
		return n == 2 && pending+unacked+age == 0
	})

	// Old figures would look like good ones.
	server.Stop()
	bustest.Eventually(t, "what does not answer is counted and not shown", func() bool {
		_, shown := sum("parley_consumer_pending", "history")
		now := telemetrytest.Scrape(t, r)
		return shown == 0 && now[`parley_stream_unanswered{stream="CHAT_0"}`] == 6 && now["parley_bus_connected"] == 0
	})
}
