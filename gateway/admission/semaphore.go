package admission

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// tooBusy is what a client reads that waited for a slot in vain.
const tooBusy = "There is very much to do right now. It goes on in a moment."

// semaphore bounds what is done at once. A slot is mostly waited for a moment
// only: a client is better told that there is none than kept waiting.
type semaphore struct {
	taken    chan struct{} // holds a token for each slot that is
	patience time.Duration
}

func newSemaphore(n int, patience time.Duration) *semaphore {
	return &semaphore{taken: make(chan struct{}, n), patience: patience}
}

// acquire takes a slot. It returns a refusal if none comes free in time, or the
// context's error.
func (s *semaphore) acquire(ctx context.Context) error { return s.acquireWithin(ctx, s.patience) }

// acquireWithin is acquire with a patience of its own. Those who wait are served in the
// order in which they came.
func (s *semaphore) acquireWithin(ctx context.Context, limit time.Duration) error {
	select {
	case s.taken <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(limit)
	defer patience.Stop()
	select {
	case s.taken <- struct{}{}:
		return nil
	case <-patience.C:
		return overloaded(shedBusy, tooBusy, spread(time.Second))
	case <-ctx.Done():
		return fmt.Errorf("wait for a slot: %w", ctx.Err())
	}
}

// release gives a slot back.
func (s *semaphore) release() { <-s.taken }

// spread returns the time or up to twice as much, so that clients that are told to
// come again don't all come at once.
func spread(d time.Duration) time.Duration { return d + rand.N(d) }
