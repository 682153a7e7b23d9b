package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// attemptsTTL is how long a record outlives the last failure.
const attemptsTTL = 30 * 24 * time.Hour

// attempt is the record, in the bucket attempts, of a delivery that failed, in any
// replica. Almost no delivery has one: it is made when a handler fails for a reason
// that may lie in the event, and while an event is handled that was delivered more
// than untrackedTries times.
//
// It counts what handlers did, not deliveries: an outage or a few kill -9 cause many
// of these, too, through no fault of the event.
type attempt struct {
	// Failed is how often the handler returned an error that counts.
	Failed int `json:"failed,omitempty"`
	// InFlight names the handlers that started and have not returned.
	InFlight []string `json:"began,omitempty"`
	// GivenUp is why the delivery was given up. Once it is set the event is not
	// handled any more, whatever happens to the replica that decided it.
	GivenUp string `json:"given_up,omitempty"`
	// NotifyFailures is how often Consumer.GaveUp failed, NotifyError why.
	NotifyFailures int    `json:"untold,omitempty"`
	NotifyError    string `json:"trouble,omitempty"`
}

func (a attempt) begin(mark string) attempt {
	a.InFlight = append(slices.Clone(a.InFlight), mark)
	return a
}

func (a attempt) end(mark string) attempt {
	a.InFlight = slices.DeleteFunc(slices.Clone(a.InFlight), func(m string) bool { return m == mark })
	return a
}

// attempts are the records of failed deliveries, in one bucket for all replicas of all
// roles. It may be used concurrently.
type attempts struct {
	conn *Conn

	mu     sync.Mutex // guards what follows
	bucket *Bucket[attempt]
}

// of returns the record of a delivery, an empty one if there is none.
func (s *attempts) of(ctx context.Context, key string) (attempt, error) {
	a, _, err := s.get(ctx, key)
	return a, err
}

// begin records that a handler starts, and returns the name of that run.
func (s *attempts) begin(ctx context.Context, key string) (mark string, err error) {
	mark = string(chat.NewID())
	_, err = s.change(ctx, key, func(a attempt) attempt { return a.begin(mark) })
	return mark, err
}

// changeSurely changes a record and retries for as long as the bucket is unavailable,
// until the context ends, and then once more: what a handler did must not be forgotten
// because NATS was down at that moment.
func (s *attempts) changeSurely(ctx context.Context, key string, f func(attempt) attempt) (attempt, error) {
	for try := 1; ; try++ {
		a, err := s.change(context.WithoutCancel(ctx), key, f)
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrConflict) {
			return a, err
		}
		_ = publishing.Wait(ctx, try)
	}
}

// forget removes the record. If that fails it expires by itself, and nobody asks for
// it, since the delivery is settled.
func (s *attempts) forget(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	b, err := s.open(ctx)
	if err == nil {
		err = b.Delete(ctx, key)
	}
	if err != nil {
		s.conn.log.Debug().Err(err).Str("delivery", key).Msg("record of a delivery not removed")
	}
}

// changeTries bounds how often a change is tried that conflicts with others.
const changeTries = 5

func (s *attempts) change(ctx context.Context, key string, f func(attempt) attempt) (attempt, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for try := 1; ; try++ {
		a, revision, err := s.get(ctx, key)
		if err != nil {
			return attempt{}, err
		}
		b, err := s.open(ctx)
		if err != nil {
			return attempt{}, err
		}
		next := f(a)
		if revision == 0 {
			_, err = b.Create(ctx, key, next)
		} else {
			_, err = b.Update(ctx, key, next, revision)
		}
		if err == nil || !errors.Is(err, ErrConflict) || try == changeTries {
			return next, s.lost(err)
		}
		_ = publishing.Wait(ctx, try) // a replica of the bucket may lag
	}
}

func (s *attempts) get(ctx context.Context, key string) (attempt, uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	b, err := s.open(ctx)
	if err != nil {
		return attempt{}, 0, err
	}
	a, revision, err := b.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return attempt{}, 0, nil
	}
	return a, revision, s.lost(err)
}

// open creates the bucket when it is first needed, which may be never.
func (s *attempts) open(ctx context.Context) (*Bucket[attempt], error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bucket == nil {
		b, err := OpenBucket[attempt](ctx, s.conn, AttemptsBucket)
		if err != nil {
			return nil, err
		}
		s.bucket = b
	}
	return s.bucket, nil
}

// lost has the bucket reopened after an error: it may have been removed, and no
// delivery may wait for it forever.
func (s *attempts) lost(err error) error {
	if errors.Is(err, ErrUnavailable) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bucket = nil
	}
	return err
}

func attemptKey(role, stream string, seq uint64) string {
	return fmt.Sprintf("%s.%s.%d", role, stream, seq)
}
