package historyworker

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// putTime bounds one write to the store: what hangs is tried again instead.
const putTime = 30 * time.Second

// put stores one batch. With an error the bus hands over the same batch again
// after a growing delay, for as long as it takes, so a store that is away costs
// time and nothing else. What of the batch was stored meanwhile is known by its
// sequence and changes nothing.
func (w *Worker) put(ctx context.Context, events []chat.Event) error {
	events = w.withoutAside(events)
	err := w.write(ctx, events)
	if err == nil {
		w.taken.Add(1)
		w.away.Up()
		w.forget(events)
		return nil
	}
	if ctx.Err() != nil {
		return err // we go
	}
	if w.ping(ctx) != nil { // the store is away, which is told of
		return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	return w.isolate(ctx, events, err)
}

// write takes a panic of the store for a refusal, so that the event that causes it
// is found and set aside.
func (w *Worker) write(ctx context.Context, events []chat.Event) (err error) {
	if len(events) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	ctx, span := w.opts.Tracer.Gather(ctx, tracesOf(events), "store", "batch")
	span.Int("events", int64(len(events)))
	defer func(began time.Time) {
		if p := recover(); p != nil {
			err = fmt.Errorf("the store panicked: %v", p)
		}
		w.metrics.wrote(len(events), began, err)
		span.End(err)
	}(time.Now())
	return w.store.Put(ctx, events)
}

// tracesOf yields the traces that the events belong to.
func tracesOf(events []chat.Event) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, e := range events {
			if e.Trace != "" && !yield(e.Trace) {
				return
			}
		}
	}
}
