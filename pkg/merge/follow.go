package merge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
)

// mergeGrace is how long nothing may be merged without a line in the log: there is a moment of
// it after each reconnect.
const mergeGrace = 10 * time.Second

// unavailableTries is how often a value is tried that can't be read or written here, before all
// is read again: NATS does not answer what it does not permit.
const unavailableTries = 5

// bucket is what merging needs of a bus.Bucket of the own region.
type bucket interface {
	Get(ctx context.Context, key string) (json.RawMessage, uint64, error)
	Create(ctx context.Context, key string, value json.RawMessage) (uint64, error)
	Update(ctx context.Context, key string, value json.RawMessage, revision uint64) (uint64, error)
	Deleted(ctx context.Context, key string) (bool, error)
	DeleteAt(ctx context.Context, key string, revision uint64) error
}

// Follower merges what other regions have into the own region's buckets.
type Follower struct {
	Own *bus.Conn
	Now func() time.Time // when sessions have ended; time.Now if it is nil
	Log zerolog.Logger
	// Retry is how often is tried again what could not be merged; every 5 s to 5 min if it is zero.
	Retry backoff.Policy
	// Also is what the replica that leads does as well, until its context ends; nil: nothing.
	Also func(context.Context)
}

type raw = json.RawMessage

var (
	watching = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}
	writing  = backoff.Policy{Min: 5 * time.Millisecond, Max: time.Second}
)

// Follow merges what the other region has, and whatever changes there, until the context ends.
// Of all replicas of the own region that do so one leads, so that nothing crosses twice; should
// two do it at once, the second finds that there is nothing left to change.
func (f Follower) Follow(ctx context.Context, from *bus.Conn) {
	seen := newSight(Rules())
	newLeader(f.Own, from, func() time.Time { return seen.behind(from.Ready() == nil) }, f.Log).lead(ctx, func(ctx context.Context) {
		var all sync.WaitGroup
		defer all.Wait()
		if f.Also != nil {
			all.Go(func() { f.Also(ctx) })
		}
		f.followAll(ctx, from, seen)
	})
}

func (f Follower) followAll(ctx context.Context, from *bus.Conn, seen *sight) {
	var all sync.WaitGroup
	for _, rule := range Rules() {
		all.Go(func() { f.follow(ctx, from, rule, seen) })
	}
	all.Wait()
}

// Begin has the own region begin with what the other one has, unless it has begun already: the
// accounts, and then the keys that both need to have alike, such as the one that signs agents'
// sessions. Else each region would make its own admin, and its own keys, before it has heard of
// the other. The error wraps bus.ErrUnavailable if that has not begun itself. It may be repeated.
func (f Follower) Begin(ctx context.Context, from *bus.Conn, keys ...string) error {
	if begun, err := f.Begun(ctx, keys...); begun || err != nil {
		return err
	}
	own, err := bus.OpenBucket[json.RawMessage](ctx, f.Own, bus.SettingsBucket)
	if err != nil {
		return err
	}
	there, err := bus.OpenBucket[json.RawMessage](ctx, from, bus.SettingsBucket)
	if err != nil {
		return err
	}
	made := map[string]json.RawMessage{}
	for _, key := range keys {
		value, _, err := there.Get(ctx, key)
		if errors.Is(err, bus.ErrNotFound) {
			return fmt.Errorf("%w: the region %s has not begun yet", bus.ErrUnavailable, from.Region())
		}
		if err != nil {
			return err
		}
		made[key] = value
	}
	once, stop := context.WithCancel(ctx)
	defer stop()
	var failure error
	if err := f.watch(once, from, Rules()[0], &position{}, stop, func(err error) { failure = err; stop() }); err != nil && once.Err() == nil {
		return err
	}
	if failure != nil {
		return failure // else an admin could be made here whom it has
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for key, value := range made {
		if _, err := own.Create(ctx, key, value); err != nil && !errors.Is(err, bus.ErrExists) {
			return err
		}
	}
	return nil
}

// Begun reports whether the own region has all of the keys.
func (f Follower) Begun(ctx context.Context, keys ...string) (bool, error) {
	own, err := bus.OpenBucket[json.RawMessage](ctx, f.Own, bus.SettingsBucket)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if _, _, err := own.Get(ctx, key); err != nil {
			if errors.Is(err, bus.ErrNotFound) {
				err = nil
			}
			return false, err
		}
	}
	return true, nil
}

// Differ returns those of the keys that both regions have, and not alike.
func (f Follower) Differ(ctx context.Context, from *bus.Conn, keys ...string) (differ []string, err error) {
	var has [2]*bus.Bucket[json.RawMessage]
	for i, conn := range []*bus.Conn{f.Own, from} {
		if has[i], err = bus.OpenBucket[json.RawMessage](ctx, conn, bus.SettingsBucket); err != nil {
			return nil, err
		}
	}
	for _, key := range keys {
		here, _, err := has[0].Get(ctx, key)
		if err != nil {
			return nil, err
		}
		there, _, err := has[1].Get(ctx, key)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(here, there) {
			differ = append(differ, key)
		}
	}
	return differ, nil
}

func (f Follower) follow(ctx context.Context, from *bus.Conn, rule Rule, seen *sight) {
	log := f.Log.With().Str("region", string(from.Region())).Logger()
	outages := outage.New(log, "The bucket "+rule.Bucket+" of that region", "what is changed there is not merged here", mergeGrace)
	writes := outage.New(log, "The bucket "+rule.Bucket+" of this region", "some of what was changed in that region can't be merged here, and the rest is", 0)
	var at position
	var merged atomic.Bool
	whole := func() {
		merged.Store(true)
		seen.whole(rule.Bucket)
		outages.Up()
		writes.Up()
	}
	for try := 1; ; try++ {
		err := f.watch(ctx, from, rule, &at, whole, func(err error) {
			seen.lost(rule.Bucket)
			outages.Up()
			writes.Down(err)
		})
		seen.lost(rule.Bucket)
		if ctx.Err() != nil {
			return
		}
		if f.Own.Ready() != nil {
			at = position{} // it may have lost what was merged
		} else if from.Ready() == nil { // else the connections report it
			outages.Down(err)
		}
		if merged.Swap(false) {
			try = 1
		}
		if watching.Wait(ctx, try) != nil {
			return
		}
	}
}

// wholeEvery bounds for how long what was merged is taken to be here still: then the next cut
// has all of it read again.
const wholeEvery = time.Hour

// position is how far another region's bucket was merged; the zero value: it was not.
type position struct {
	made     time.Time // when that bucket was
	revision uint64    // of the last value that was merged
	whole    time.Time // when all of it was read the last time
	failed   *failed   // what could not be merged up to there; nil: nothing
}

// from returns the revision to go on from; 0 if everything has to be read.
func (p *position) from(made time.Time, last uint64, now time.Time) uint64 {
	if p.revision == 0 || !p.made.Equal(made) || last < p.revision || now.Sub(p.whole) > wholeEvery {
		*p = position{made: made, whole: now}
	}
	return p.revision
}

// watch merges until the watch ends. Values are merged one by one as they come, so that none
// are held. at is where it goes on, and moves with what is merged. whole is called when all that
// was there at the start is merged, and fails for each value that can't be; it is tried again later.
func (f Follower) watch(ctx context.Context, from *bus.Conn, rule Rule, at *position, whole func(), fails func(error)) error {
	own, err := bus.OpenBucket[json.RawMessage](ctx, f.Own, rule.Bucket)
	if err != nil {
		return err
	}
	there, err := bus.OpenBucket[json.RawMessage](ctx, from, rule.Bucket)
	if err != nil {
		return err
	}
	made, last, err := there.Age(ctx)
	if err != nil {
		return err
	}
	revision := at.from(made, last, time.Now())
	if at.failed == nil {
		at.failed = newFailed()
	}
	ctx, stop := context.WithCancelCause(ctx)
	var current atomic.Bool // all that was there at the start was heard of
	wholly := func() {
		if none, _ := at.failed.none(); none && current.Load() {
			whole()
		}
	}
	var trying sync.WaitGroup
	trying.Go(func() { f.retry(ctx, there, own, rule, at.failed, wholly, stop) })
	see := func(e bus.Entry[json.RawMessage]) {
		switch {
		case ctx.Err() != nil:
			return
		case e.Current:
			current.Store(true)
			wholly()
			return
		}
		switch err := f.take(ctx, own, rule, e); {
		case err == nil:
			at.failed.merged(e.Key)
		case f.Own.Ready() != nil || ctx.Err() != nil:
			stop(err) // it is read again
			return
		default:
			at.failed.add(e.Key)
			fails(err)
		}
		at.revision = e.Revision
	}
	if revision > 0 {
		err = there.WatchFrom(ctx, revision, see)
	} else {
		err = there.Watch(ctx, see)
	}
	why := context.Cause(ctx)
	stop(nil)
	trying.Wait()
	if errors.Is(why, errReadAgain) {
		*at = position{}
	}
	return errors.Join(err, why)
}

// take merges one value of another region into the own one.
func (f Follower) take(ctx context.Context, own bucket, rule Rule, e bus.Entry[json.RawMessage]) error {
	for try := 1; ; try++ {
		err := f.takeOnce(ctx, own, rule, e)
		again := errors.Is(err, bus.ErrConflict) || errors.Is(err, bus.ErrUnavailable) && try < unavailableTries
		if !again {
			return err
		}
		if writing.Wait(ctx, try) != nil {
			return err
		}
	}
}

func (f Follower) takeOnce(ctx context.Context, own bucket, rule Rule, e bus.Entry[json.RawMessage]) error {
	has, revision, err := own.Get(ctx, e.Key)
	yields := func(raw json.RawMessage) bool { return rule.Yields != nil && rule.Yields(raw) }
	local := func(raw json.RawMessage) bool { return rule.Local != nil && rule.Local(raw) }
	switch {
	case !e.Gone && local(e.Value) || err == nil && local(has):
		return nil
	case errors.Is(err, bus.ErrNotFound):
		// What was deleted here does not come back from a region that has not heard of it.
		if e.Gone {
			return nil
		}
		if yields(e.Value) {
			if deleted, err := own.Deleted(ctx, e.Key); deleted || err != nil {
				return err
			}
		}
		_, err = own.Create(ctx, e.Key, e.Value)
		return err
	case err != nil:
		return err
	case e.Gone:
		if !yields(has) {
			return nil
		}
		return own.DeleteAt(ctx, e.Key, revision)
	}
	merged, changed, err := f.merge(rule, has, e.Value)
	if err != nil {
		f.Log.Error().Str("bucket", rule.Bucket).Str("key", e.Key).Err(err).Msg("what another region has can't be merged, so both keep their own")
		return nil
	}
	if changed {
		_, err = own.Update(ctx, e.Key, merged, revision)
		if err == nil && rule.Notice != nil {
			if say := rule.Notice(has, merged); say != "" {
				f.Log.Warn().Str("bucket", rule.Bucket).Str("key", e.Key).Msg(say)
			}
		}
	}
	return err
}

// merge returns what shall be here, and whether that is anything else than what is.
func (f Follower) merge(rule Rule, has, there json.RawMessage) (merged json.RawMessage, changed bool, err error) {
	now := time.Now()
	if f.Now != nil {
		now = f.Now()
	}
	if merged, err = rule.Merge(has, there, now); err != nil {
		return nil, false, fmt.Errorf("merge: %w", err)
	}
	same, err := rule.Merge(has, has, now) // fields in the same order
	return merged, !bytes.Equal(merged, same), err
}
