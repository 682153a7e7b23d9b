package bus

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/outage"
)

// Following says which bucket Follow follows, and what is called with what is seen
// of it. The functions are called one at a time. Lost and Resync may be nil.
type Following[T any] struct {
	Bucket string // such as DeskBucket
	// Keys is which keys are followed, such as "holds.>"; empty: all of the bucket.
	Keys string
	// Without says what does not work while the bucket can't be read, as a
	// sentence without its full stop: for the log.
	Without string

	// See is called with every entry before the functions below are called because of it: for
	// whoever needs its revision. It may be nil.
	See func(Entry[T])
	// Synced is called with all values by key, whenever the bucket was read as a
	// whole: at the start, and again after each Lost. A key that is not among them
	// does not exist, whatever was heard of it before. The map is the callee's.
	Synced func(values map[string]T)
	// Put is called with every value that is stored after that.
	Put func(key string, value T)
	// Deleted is called with every key that is deleted after that. A value that
	// expires by age may or may not be reported.
	Deleted func(key string)
	// Lost says that nothing is heard of the bucket until the next Synced.
	Lost func()
	// Resync has the bucket read again as a whole for each token received: for
	// whoever has evidence that a change was missed.
	Resync <-chan struct{}
}

var following = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// followGrace is how long a bucket may be out of sight without a line in the log:
// it is for a moment after each reconnect.
const followGrace = 5 * time.Second

// Follow follows a bucket until the context ends. When the watch fails it starts
// over, after a delay that grows with each failure in a row.
func Follow[T any](ctx context.Context, c *Conn, f Following[T]) {
	sight := outage.New(c.log, "NATS' bucket "+f.Bucket, f.Without, followGrace)
	watch := func(ctx context.Context, see func(Entry[T])) error {
		// Opened each time: a NATS server that was restarted may have lost the
		// bucket.
		b, err := OpenBucket[T](ctx, c, f.Bucket)
		if err != nil {
			return err
		}
		return b.watch(ctx, f.Keys, see)
	}
	f.follow(ctx, watch, sight.Up, func(err error) {
		c.log.Debug().Str("bucket", f.Bucket).Err(err).Msg("lost sight of a bucket, reading it again")
		if c.Ready() == nil { // else the connection reports the outage
			sight.Down(err)
		}
	})
}

// follow is Follow apart from NATS: synced and failed are called for the log.
func (f Following[T]) follow(ctx context.Context, watch func(context.Context, func(Entry[T])) error, synced func() bool, failed func(error)) {
	for try := 1; ; try++ {
		var since time.Time // when the bucket was read as a whole
		err := f.once(ctx, watch, func() { since = time.Now(); synced() })
		inSync := !since.IsZero()
		if inSync && f.Lost != nil {
			f.Lost()
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			failed(err)
		}
		// A watch that ends as soon as it is in sync must not be restarted without
		// a pause; one that worked for a while has made up for what failed before.
		if err == nil || inSync && time.Since(since) >= following.Max {
			try = 1
		}
		if following.Wait(ctx, try) != nil {
			return
		}
	}
}

// once follows the bucket until the watch ends; nil where Resync ended it.
func (f Following[T]) once(ctx context.Context, watch func(context.Context, func(Entry[T])) error, synced func()) error {
	ctx, cancel := context.WithCancel(ctx)
	var resync sync.WaitGroup
	defer resync.Wait()
	defer cancel()
	resync.Go(func() {
		select {
		case <-f.Resync:
			cancel()
		case <-ctx.Done():
		}
	})
	initial := map[string]T{} // nil once it was handed over
	return watch(ctx, func(e Entry[T]) {
		if f.See != nil && !e.Current {
			f.See(e)
		}
		switch {
		case e.Current:
			f.Synced(initial)
			initial = nil
			synced()
		case initial != nil && e.Gone:
			delete(initial, e.Key)
		case initial != nil:
			initial[e.Key] = e.Value
		case e.Gone:
			f.Deleted(e.Key)
		default:
			f.Put(e.Key, e.Value)
		}
	})
}
