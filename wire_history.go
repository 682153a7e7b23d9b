package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/mongostore"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

func newHistoryworker(ctx context.Context, s *system, conn *bus.Conn) (part, error) {
	if s.MongoURL != "" {
		if err := mongostore.Check(s.MongoURL); err != nil {
			return part{}, fmt.Errorf("MONGO_URL: %w", err)
		}
		h := &history{system: s, conn: conn}
		h.waits(errors.New("waiting for MongoDB"))
		return part{h.onMongo, h.ready}, nil
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return part{}, fmt.Errorf("the data folder %s can't be made: %w", s.DataDir, err)
	}
	events, err := sqlitestore.Open(ctx, filepath.Join(s.DataDir, "history.db"))
	if err != nil {
		return part{}, err
	}
	h := &history{system: s, conn: conn}
	worker := h.on(events)
	return part{func(ctx context.Context) error { return errors.Join(worker.Run(ctx), events.Close()) }, h.ready}, nil
}

// history is a history worker whose store may not be there yet.
type history struct {
	*system
	conn  *bus.Conn
	state atomic.Pointer[func() error]
}

func (h *history) waits(why error) { h.readyAs(func() error { return why }) }

func (h *history) readyAs(ready func() error) { h.state.Store(&ready) }

func (h *history) ready() error { return (*h.state.Load())() }

// on returns the worker on a store that is open.
func (h *history) on(events store.Store) *historyworker.Worker {
	worker := historyworker.New(historyworker.Options{
		Retention: h.Retention, Version: version, Metrics: h.registerer(), Tracer: h.tracer, Log: h.log,
	}, h.conn, events)
	h.readyAs(worker.Ready)
	return worker
}

func (h *history) onMongo(ctx context.Context) error {
	events := h.waitForMongo(ctx)
	if events == nil {
		return nil
	}
	return errors.Join(h.on(events).Run(ctx), events.Close())
}

// waitForMongo opens the store, again with growing delay while it is away. What
// is said meanwhile waits in the streams. It returns nil when the context ends.
func (h *history) waitForMongo(ctx context.Context) store.Store {
	delay := backoff.Policy{Min: 500 * time.Millisecond, Max: 15 * time.Second}
	for try := 1; ; try++ {
		events, err := mongostore.Open(ctx, h.MongoURL)
		if err == nil {
			return events
		}
		if ctx.Err() != nil {
			return nil
		}
		h.waits(fmt.Errorf("waiting for MongoDB: %w", err))
		h.log.Warn().Err(err).Int("try", try).Msg("waiting for MongoDB")
		if delay.Wait(ctx, try) != nil {
			return nil
		}
	}
}
