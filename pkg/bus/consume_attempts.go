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

// attemptsTTL is how long a note outlives the last thing that went wrong.
const attemptsTTL = 30 * 24 * time.Hour

// attempt is what the bucket attempts knows of a delivery that went wrong, in
// whichever replicas. Almost no delivery has one: a note is made when a handler
// fails for a reason that may lie in the message, and while an event is handled
// that was delivered more often than quietTries.
//
// It counts what handlers did, not deliveries: those are many, too, after an
// outage or a few kill -9, through no fault of the message.
type attempt struct {
	// Failed is how often the handler returned an error that counts.
	Failed int `json:"failed,omitempty"`
	// Began names the handlings that began and have not returned.
	Began []string `json:"began,omitempty"`
	// GivenUp is why the delivery is given up. Once it is set the event is not
	// handled any more, whatever becomes of the replica that decided it.
	GivenUp string `json:"given_up,omitempty"`
	// Untold is how often the role failed to tell whom it concerns, Trouble why.
	Untold  int    `json:"untold,omitempty"`
	Trouble string `json:"trouble,omitempty"`
}

func (a attempt) begin(mark string) attempt {
	a.Began = append(slices.Clone(a.Began), mark)
	return a
}

func (a attempt) end(mark string) attempt {
	a.Began = slices.DeleteFunc(slices.Clone(a.Began), func(m string) bool { return m == mark })
	return a
}

// attempts are the notes on deliveries, one bucket for all replicas of all roles.
// It may be used concurrently.
type attempts struct {
	conn *Conn

	mu     sync.Mutex // guards what follows
	bucket *Bucket[attempt]
}

// of returns the note on a delivery, an empty one where there is none.
func (s *attempts) of(ctx context.Context, key string) (attempt, error) {
	a, _, err := s.get(ctx, key)
	return a, err
}

// begin notes that a handling begins and returns its name.
func (s *attempts) begin(ctx context.Context, key string) (mark string, err error) {
	mark = string(chat.NewID())
	_, err = s.change(ctx, key, func(a attempt) attempt { return a.begin(mark) })
	return mark, err
}

// noteSurely changes a note, again for as long as the bucket is away, until the
// context ends and then once more: what a handler did must not be forgotten
// because NATS was away just then.
func (s *attempts) noteSurely(ctx context.Context, key string, f func(attempt) attempt) (attempt, error) {
	for try := 1; ; try++ {
		a, err := s.change(context.WithoutCancel(ctx), key, f)
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrConflict) {
			return a, err
		}
		_ = publishing.Wait(ctx, try)
	}
}

// forget removes the note. Where that fails the note lapses by itself, and nobody
// asks for it: the delivery is settled.
func (s *attempts) forget(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	b, err := s.open(ctx)
	if err == nil {
		err = b.Delete(ctx, key)
	}
	if err != nil {
		s.conn.log.Debug().Err(err).Str("delivery", key).Msg("note of a delivery not removed")
	}
}

// changeTries bounds how often a change is tried that others come before.
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

// open makes the bucket when it is first needed, which is perhaps never.
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

// lost has the bucket opened anew after an error: it may have been removed, and
// no delivery may wait for it for ever.
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
