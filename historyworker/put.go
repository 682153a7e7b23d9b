package historyworker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// putTime bounds one write to the store: a write that hangs is retried.
const putTime = 30 * time.Second

// put stores one batch, except for the events that are given up. If it returns an
// error the bus hands over the same batch again after a growing delay, for as long as
// it takes, so a store that is down costs time and nothing else. Events that were
// stored meanwhile are recognized by their sequences.
func (w *Worker) put(ctx context.Context, batch []chat.Event) error {
	if files := namedBy(batch); len(files) > 0 {
		return w.withFiles(ctx, files, func() error { return w.putEvents(ctx, batch) })
	}
	return w.putEvents(ctx, batch)
}

// withFiles has events stored between two steps: their files are in the file store before, and leave
// FILES after. That is so for events that are given up as well: they may be stored later.
func (w *Worker) withFiles(ctx context.Context, list []named, store func() error) error {
	if err := w.files.bring(ctx, list); err != nil {
		return err
	}
	w.fileOutage.Up()
	if err := store(); err != nil {
		return err
	}
	return w.files.drop(ctx, list)
}

func (w *Worker) putEvents(ctx context.Context, batch []chat.Event) error {
	for {
		events := w.quarantine.pass(batch)
		err := w.write(ctx, events)
		if err == nil {
			if len(events) > 0 {
				w.taken.Add(1)
				w.outage.Up()
				w.part.up()
			}
			w.quarantine.release(batch)
			return nil
		}
		if ctx.Err() != nil {
			return err // this replica stops
		}
		if w.gone(ctx, err) {
			return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
		}
		poison, reason, err := w.isolate(ctx, events, err)
		if err == nil {
			err = w.giveUp(ctx, poison, reason)
		}
		if err != nil {
			return err
		}
	}
}

// gone reports whether a write failed because the store, or the part of it that the
// events belong to, is down now, and logs that.
func (w *Worker) gone(ctx context.Context, failure error) bool {
	var down *store.DownError
	if errors.As(failure, &down) && down.Part {
		w.part.down(down) // a ping says nothing about it
		return true
	}
	return w.ping(ctx) != nil
}

// write turns a panic of the store into a refusal, so that the event that causes it
// is found and given up.
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
