package dump

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// Place is where the store is: one of the two is set.
type Place struct {
	File  string // SQLite
	Mongo string // URL with the database
}

// reader reads one kind of store.
type reader interface {
	count(ctx context.Context) (int, error)
	all(ctx context.Context) ([]history.Event, error) // by chat and sequence
	close() error
}

func (p Place) open(ctx context.Context) (reader, error) {
	if p.File != "" {
		return openFile(p.File)
	}
	return openMongo(ctx, p.Mongo)
}

// Store writes every event of the store into the folder's StoreFile, by chat and
// sequence, and returns how many there are.
func Store(ctx context.Context, place Place, dir string) (n int, err error) {
	r, err := place.open(ctx)
	if err != nil {
		return 0, fmt.Errorf("dump the store: %w", err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	all, err := r.all(ctx)
	if err != nil {
		return 0, fmt.Errorf("dump the store: %w", err)
	}
	return len(all), history.Write(filepath.Join(dir, history.StoreFile), all)
}

// AwaitStore waits until the store holds as many events as the streams do, and returns
// both numbers. It also returns, without an error, once neither has changed for as long
// as still: a dump shows better what is missing.
func AwaitStore(ctx context.Context, natsURL string, place Place, still time.Duration) (inStore, inStreams int, err error) {
	r, err := place.open(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("wait for the store: %w", err)
	}
	defer func() { err = errors.Join(err, r.close()) }()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	since := time.Now()
	for first := true; ; first = false {
		stored, err := r.count(ctx)
		if err != nil {
			return inStore, inStreams, fmt.Errorf("wait for the store: %w", err)
		}
		streamed, err := count(ctx, natsURL)
		if err != nil {
			return inStore, inStreams, fmt.Errorf("wait for the store: %w", err)
		}
		if first || stored != inStore || streamed != inStreams {
			inStore, inStreams, since = stored, streamed, time.Now()
		}
		if stored == streamed || time.Since(since) > still {
			return inStore, inStreams, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return inStore, inStreams, fmt.Errorf("wait for the store, which holds %d events of %d: %w", stored, streamed, ctx.Err())
		}
	}
}
