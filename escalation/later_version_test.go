package escalation_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// During a rolling upgrade replicas of the old version are given timers that those of
// the new one have set.
func TestATimerOfALaterVersionIsLeftForReplicasThatKnowIt(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	figures := prometheus.NewRegistry()
	old := s.workOn("the old version", s.server.ConnectWith(bus.Options{Name: "old", Metrics: figures, Log: zerolog.Nop()}), patient())
	if err := s.conn.SetTimer(t.Context(), bus.Timer{Chat: id, Kind: "later", Seq: 7, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the old version was given the timer", func() bool { return deliveries(t, figures) > 0 })
	old.stop()

	var handled atomic.Uint64
	ctx, cancel := context.WithCancel(t.Context())
	later, done := s.server.Connect("new"), make(chan struct{})
	go func() {
		defer close(done)
		_ = later.ConsumeTimers(ctx, bus.Consumer{Name: roles.Timing.Name}, func(_ context.Context, timer bus.Timer) error {
			handled.Store(timer.Seq)
			return nil
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	bustest.Eventually(t, "the new version handles it", func() bool { return handled.Load() == 7 })
	letters, _, err := s.conn.DeadLetters(t.Context(), 0, bus.MaxDeadLetters)
	if err != nil || len(letters) != 0 {
		t.Errorf("%d dead letters (%v), want none", len(letters), err)
	}
}

// deliveries is how many a connection has dealt with, whatever became of them.
func deliveries(t *testing.T, figures prometheus.Gatherer) (n float64) {
	t.Helper()
	families, err := figures.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "parley_bus_deliveries_total" {
			for _, m := range f.GetMetric() {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}
