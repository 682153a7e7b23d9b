package merge

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
)

// maxFailed is of how many keys is remembered that they could not be merged. If there are more, all
// is read again once these are.
const maxFailed = 1000

// retrying is how often they are tried again.
var retrying = backoff.Policy{Min: 5 * time.Second, Max: 5 * time.Minute}

// errReadAgain ends a watch that has to begin from the start.
var errReadAgain = errors.New("all is read again, since more values could not be merged than are remembered")

// failed are the keys of another region's bucket that could not be merged into the own one: it is
// full, say, or what is there can't be read. They hold up nothing else. Its methods may be called
// concurrently.
type failed struct {
	mu   sync.Mutex        // guards what follows
	keys map[string]uint64 // and how often each was heard of: what is merged may be older
	more bool
}

func newFailed() *failed { return &failed{keys: map[string]uint64{}} }

func (f *failed) add(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, has := f.keys[key]; !has && len(f.keys) >= maxFailed {
		f.more = true
		return
	}
	f.keys[key]++
}

// merged forgets a key whose newest value was merged.
func (f *failed) merged(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.keys, key)
}

// mergedAt forgets a key unless it was heard of since.
func (f *failed) mergedAt(key string, heard uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keys[key] == heard {
		delete(f.keys, key)
	}
}

func (f *failed) all() map[string]uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.keys)
}

// none reports whether all is merged that is remembered, and whether there was more.
func (f *failed) none() (none, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.keys) == 0, f.more
}

// source is what a retry needs of a bus.Bucket of another region.
type source[T any] interface {
	Get(ctx context.Context, key string) (T, uint64, error)
}

// retry tries again what could not be merged, until the context ends. whole is called when all of it
// is; again if more has to be read.
func (f Follower) retry(ctx context.Context, there source[raw], own bucket, rule Rule, left *failed, whole func(), again func(error)) {
	for try := 1; f.retrying().Wait(ctx, try) == nil; try++ {
		keys := left.all()
		for key, heard := range keys {
			value, revision, err := there.Get(ctx, key)
			gone := errors.Is(err, bus.ErrNotFound)
			if err == nil || gone {
				err = f.takeOnce(ctx, own, rule, bus.Entry[raw]{Key: key, Value: value, Revision: revision, Gone: gone})
			}
			if err == nil {
				left.mergedAt(key, heard)
				try = 0
			}
			if ctx.Err() != nil {
				return
			}
		}
		if len(keys) == 0 {
			try = 0
			continue
		}
		switch none, more := left.none(); {
		case none && more:
			again(errReadAgain)
			return
		case none:
			whole()
		}
	}
}

func (f Follower) retrying() backoff.Policy {
	if f.Retry == (backoff.Policy{}) {
		return retrying
	}
	return f.Retry
}
