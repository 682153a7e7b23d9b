package admission

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// tooBusy is what a client reads that waited for a slot in vain.
const tooBusy = "There is very much to do right now. It goes on in a moment."

// semaphore bounds what is done at once. A slot is waited for a moment only: a
// client is better told that there is none than kept waiting.
type semaphore struct {
	taken    chan struct{} // holds a token for each slot that is
	patience time.Duration
}

func newSemaphore(n int, patience time.Duration) *semaphore {
	return &semaphore{taken: make(chan struct{}, n), patience: patience}
}

// acquire returns a refusal if no slot comes free in time, or the context's error.
func (s *semaphore) acquire(ctx context.Context) (release func(), err error) {
	release = func() { <-s.taken }
	select {
	case s.taken <- struct{}{}:
		return release, nil
	default:
	}
	patience := time.NewTimer(s.patience)
	defer patience.Stop()
	select {
	case s.taken <- struct{}{}:
		return release, nil
	case <-patience.C:
		return nil, overloaded(shedBusy, tooBusy, spread(time.Second))
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a slot: %w", ctx.Err())
	}
}

// spread returns the time or up to twice as much, so that clients that are told to
// come again don't all come at once.
func spread(d time.Duration) time.Duration { return d + rand.N(d) }
