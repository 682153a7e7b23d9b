package escalation

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
)

// The indexes of board.read.
const (
	deskRead = iota
	presenceRead
)

// watch keeps the board, again from the start where a watch fails or refresh
// asks for it, until the context ends.
func (w *Worker) watch(ctx context.Context) error {
	for try := 1; ctx.Err() == nil; {
		began := time.Now()
		err := w.watchOnce(ctx)
		w.board.blind()
		if ctx.Err() != nil {
			return nil
		}
		if err == nil || time.Since(began) > opening.Max {
			try = 1
		}
		w.log.Debug().Err(err).Msg("reading the desk and the presence anew")
		if opening.Wait(ctx, try) != nil {
			return nil
		}
		try++
	}
	return nil
}

// watchOnce returns nil when it is to be called again.
func (w *Worker) watchOnce(ctx context.Context) error {
	// Opened anew each time: a NATS server that was started again may have lost
	// a bucket, or its place in it.
	desk, err := bus.OpenBucket[bus.DeskEntry](ctx, w.conn, bus.DeskBucket)
	if err != nil {
		return err
	}
	presence, err := bus.OpenBucket[bus.Presence](ctx, w.conn, bus.PresenceBucket)
	if err != nil {
		return err
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	g, inner := errgroup.WithContext(inner)
	g.Go(func() error { return desk.Watch(inner, w.seeDesk()) })
	g.Go(func() error { return presence.Watch(inner, w.seePresence()) })
	g.Go(func() error {
		select {
		case <-w.refresh:
			cancel()
		case <-inner.Done():
		}
		return nil
	})
	return g.Wait()
}

// seeDesk collects the desk, shows it when it is whole, and then keeps it.
func (w *Worker) seeDesk() func(bus.Entry[bus.DeskEntry]) {
	first := map[string]bus.DeskEntry{}
	return func(e bus.Entry[bus.DeskEntry]) {
		switch {
		case e.Current:
			w.board.replaceDesk(first)
			w.board.read(deskRead, w.now())
			first = nil
		case first != nil && e.Gone:
			delete(first, e.Key)
		case first != nil:
			first[e.Key] = e.Value
		case e.Gone:
			w.board.dropDesk(e.Key, w.now())
		default:
			w.board.setDesk(e.Value, w.now())
		}
		if first == nil {
			w.board.poke()
		}
	}
}

// seePresence trusts a time that another process wrote only at the start; later
// the moment counts at which this one heard of it, so clocks that differ don't
// make anybody absent.
func (w *Worker) seePresence() func(bus.Entry[bus.Presence]) {
	current := false
	return func(e bus.Entry[bus.Presence]) {
		now := w.now()
		switch {
		case e.Current:
			current = true
			w.board.read(presenceRead, now)
		case e.Gone:
			w.board.leave(e.Key)
		default:
			e.Value.User = e.Key
			at := now
			if !current && e.Value.At.Before(now) {
				at = e.Value.At
			}
			w.board.see(e.Value, at, now, w.onlineFor())
		}
		if current {
			w.board.poke()
		}
	}
}

// onlineFor is how long after a sign of life an agent counts as online.
func (w *Worker) onlineFor() time.Duration { return min(bus.PresenceTTL, w.opts.AwayGrace) }
