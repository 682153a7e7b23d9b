package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/historyworker"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/files/diskfiles"
	"github.com/parley-chat/parley/pkg/files/gridfiles"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/mongostore"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

func prepareHistoryworker(_ context.Context, s *system) (starter, error) {
	if s.MongoURL != "" {
		return func(_ context.Context, s *system, conn *bus.Conn) (unit, error) {
			h := &history{system: s, conn: conn}
			h.waits(errors.New("waiting for MongoDB"))
			return unit{h.onMongo, h.ready}, nil
		}, nil
	}
	if err := writable(s.DataDir); err != nil {
		return nil, err
	}
	return func(ctx context.Context, s *system, conn *bus.Conn) (unit, error) {
		events, err := sqlitestore.Open(ctx, filepath.Join(s.DataDir, historyFile))
		if err != nil {
			return unit{}, err
		}
		kept, err := diskfiles.Open(filepath.Join(s.DataDir, filesFolder))
		if err != nil {
			return unit{}, errors.Join(err, events.Close())
		}
		h := &history{system: s, conn: conn}
		worker := h.on(events, kept)
		return unit{func(ctx context.Context) error { s.runs(); return errors.Join(worker.Run(ctx), events.Close()) }, h.ready}, nil
	}, nil
}

const (
	historyFile = "history.db"
	filesFolder = "files"
)

// attemptsLogged is how many of the first attempts are logged each: those while the
// delay between them grows. After that only reminders are logged.
const attemptsLogged = 6

// history is a history worker whose store may not be there yet.
type history struct {
	*system
	conn  *bus.Conn
	state atomic.Pointer[func() error]
}

func (h *history) waits(why error) { h.readyAs(func() error { return why }) }

func (h *history) readyAs(ready func() error) { h.state.Store(&ready) }

func (h *history) ready() error { return (*h.state.Load())() }

// on returns the worker on open stores.
func (h *history) on(events store.Store, kept files.Store) *historyworker.Worker {
	worker := historyworker.New(historyworker.Options{
		Retention: h.Retention, Version: h.version, Metrics: h.registerer(), Tracer: h.tracer, Log: h.log,
	}, h.conn, events, kept)
	h.readyAs(worker.Ready)
	return worker
}

func (h *history) onMongo(ctx context.Context) error {
	events, kept := h.waitForMongo(ctx)
	if events == nil {
		return nil
	}
	worker := h.on(events, kept)
	h.runs()
	return errors.Join(worker.Run(ctx), events.Close())
}

// waitForMongo opens the stores, and retries with a growing delay while it is down;
// meanwhile events wait in the streams. It returns nil when the context ends.
func (h *history) waitForMongo(ctx context.Context) (store.Store, files.Store) {
	delay := backoff.Policy{Min: 500 * time.Millisecond, Max: 15 * time.Second}
	began, remind := time.Now(), outage.Reminder{}
	for try := 1; ; try++ {
		events, kept, err := openMongo(ctx, h.MongoURL)
		if err == nil {
			if try > 1 {
				h.log.Info().Str("for", outage.Lasted(time.Since(began))).Msg("MongoDB is there")
			}
			return events, kept
		}
		if ctx.Err() != nil {
			return nil, nil
		}
		h.waits(fmt.Errorf("waiting for MongoDB: %w", err))
		if due := remind.Due(); due || try <= attemptsLogged {
			h.log.Warn().Err(err).Int("try", try).Msg("waiting for MongoDB")
		}
		if delay.Wait(ctx, try) != nil {
			return nil, nil
		}
	}
}

func openMongo(ctx context.Context, url string) (store.Store, files.Store, error) {
	events, err := mongostore.Open(ctx, url)
	if err != nil {
		return nil, nil, err
	}
	kept, err := gridfiles.Open(ctx, events)
	if err != nil {
		return nil, nil, errors.Join(err, events.Close())
	}
	return events, kept, nil
}

// withStored calls f while a history worker runs: with NATS_URL those of the installation, else one of
// its own on the data folder.
func (s *system) withStored(ctx context.Context, conn *bus.Conn, f func(context.Context) error) error {
	if s.NATSURL != "" {
		return f(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	p, err := s.worker(ctx, roles.Historyworker.Name, conn)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return p.run(ctx) })
	err = f(ctx)
	stop()
	return errors.Join(err, g.Wait())
}
