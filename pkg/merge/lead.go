package merge

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// beatEvery is how often whoever leads says so.
	beatEvery = 5 * time.Second
	// leadFor is after how long of silence another replica leads. It is counted by the clock of
	// whoever waits; nobody's time of day is compared.
	leadFor = 4 * beatEvery
	// leaveTime bounds the goodbye of a replica that stops.
	leaveTime = time.Second
)

// lease is what the replica that leads writes again and again. Nothing but bytes depends on
// there being one: two replicas that merge at once do no harm.
type lease struct {
	By string `json:"by"`
	// Away says that this replica does not reach the region; another one may.
	Away bool `json:"away,omitempty"`
	// Behind is since when something is not merged here, by the replica's clock; zero: all is
	// that was there at the last look.
	Behind time.Time `json:"behind,omitzero"`
}

// Behind returns since when something of another region is not merged into the own one, as the
// replica that leads says it; zero if all is, or if no replica has led yet.
func Behind(ctx context.Context, own *bus.Conn, of chat.Region) (time.Time, error) {
	bucket, err := bus.OpenBucket[lease](ctx, own, bus.SettingsBucket)
	if err != nil {
		return time.Time{}, err
	}
	is, _, err := bucket.Get(ctx, leaseOf(of))
	if errors.Is(err, bus.ErrNotFound) {
		err = nil
	}
	return is.Behind, err
}

func leaseOf(region chat.Region) string { return "merging." + string(region) }

// leader decides which replica of a region follows another one.
type leader struct {
	open    func(context.Context) (leases, error)
	key, id string
	reaches func() bool // whether this replica reaches the region now
	behind  func() time.Time
	log     zerolog.Logger

	every, patience time.Duration
}

// leases is what a leader needs of a bucket.
type leases interface {
	Get(ctx context.Context, key string) (lease, uint64, error)
	Create(ctx context.Context, key string, value lease) (uint64, error)
	Update(ctx context.Context, key string, value lease, revision uint64) (uint64, error)
	DeleteAt(ctx context.Context, key string, revision uint64) error
}

func newLeader(own, from *bus.Conn, behind func() time.Time, log zerolog.Logger) *leader {
	return &leader{
		open: func(ctx context.Context) (leases, error) {
			return bus.OpenBucket[lease](ctx, own, bus.SettingsBucket)
		},
		key: leaseOf(from.Region()), id: string(chat.NewID()), reaches: func() bool { return from.Ready() == nil },
		behind: behind,
		log:    log, every: beatEvery, patience: leadFor,
	}
}

// lead calls do whenever this replica leads, with a context that ends when it no longer does,
// until ctx ends.
func (l *leader) lead(ctx context.Context, do func(context.Context)) {
	var bucket leases
	for try := 1; bucket == nil; try++ {
		opened, err := l.open(ctx)
		if err == nil {
			bucket = opened
		} else if watching.Wait(ctx, try) != nil {
			return
		}
	}
	for ctx.Err() == nil {
		if revision := l.take(ctx, bucket); revision > 0 {
			l.hold(ctx, bucket, revision, do)
		}
	}
}

// take returns the revision of the lease when this replica has it; 0 when the context ends.
func (l *leader) take(ctx context.Context, bucket leases) uint64 {
	var seen uint64
	since := time.Now() // since when nobody leads, or only somebody who does not reach what we reach
	for {
		is, revision, err := bucket.Get(ctx, l.key)
		if err == nil && revision != seen && !is.Away || !l.reaches() {
			since = time.Now()
		}
		mine := lease{By: l.id, Behind: l.behind()}
		switch {
		case errors.Is(err, bus.ErrNotFound) && l.reaches():
			revision, err = bucket.Create(ctx, l.key, mine)
		case err == nil && (is.By == l.id || time.Since(since) >= l.patience):
			revision, err = bucket.Update(ctx, l.key, mine, revision)
		default:
			seen, revision = revision, 0
		}
		if err == nil && revision > 0 {
			return revision
		}
		if !wait(ctx, l.every) {
			return 0
		}
	}
}

// hold leads until another replica does, or the context ends.
func (l *leader) hold(ctx context.Context, bucket leases, revision uint64, do func(context.Context)) {
	l.log.Debug().Str("lease", l.key).Msg("this replica follows the other region")
	leading, stop := context.WithCancel(ctx)
	var doing sync.WaitGroup
	doing.Go(func() { do(leading) })
	defer func() { stop(); doing.Wait() }()
	for wait(ctx, l.every) {
		next, err := bucket.Update(ctx, l.key, lease{By: l.id, Away: !l.reaches(), Behind: l.behind()}, revision)
		if errors.Is(err, bus.ErrConflict) {
			// Another one leads, or an answer to us got lost.
			var is lease
			if is, next, err = bucket.Get(ctx, l.key); errors.Is(err, bus.ErrNotFound) || err == nil && is.By != l.id {
				return
			}
		}
		if err == nil {
			revision = next
		}
	}
	leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	_ = bucket.DeleteAt(leaving, l.key, revision) // else another leads after leadFor
}

// wait returns whether the context goes on for that long.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
