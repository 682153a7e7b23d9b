package gateway

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// busyError turns away what can't be served now, through nobody's fault.
type busyError struct {
	why      string // for the metrics: one word of a few
	sentence string
	after    time.Duration
}

func (e *busyError) Error() string { return e.sentence }

// The sentences of those who are turned away.
const (
	muchToAnswer = "There are more questions than can be answered right now. It goes on in a moment."
	muchAtOnce   = "There is very much to do right now. It goes on in a moment."
	noRoom       = "There is no room to store messages at the moment. It is tried again by itself."
)

// slots bound what is done at once. A slot is waited for a moment only: where
// there is none, who asks is better told so than kept.
type slots struct {
	free     chan struct{} // holds a token for each that is taken
	patience time.Duration
}

func newSlots(n int, patience time.Duration) *slots {
	return &slots{free: make(chan struct{}, n), patience: patience}
}

// take returns a *busyError where there is no slot in time, or the context's error.
func (s *slots) take(ctx context.Context) (release func(), err error) {
	release = func() { <-s.free }
	select {
	case s.free <- struct{}{}:
		return release, nil
	default:
	}
	patience := time.NewTimer(s.patience)
	defer patience.Stop()
	select {
	case s.free <- struct{}{}:
		return release, nil
	case <-patience.C:
		return nil, &busyError{"busy", muchAtOnce, spread(time.Second)}
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a turn: %w", ctx.Err())
	}
}

// spread returns the time or up to twice as much, so that those who are told to
// come again don't come all at once.
func spread(d time.Duration) time.Duration { return d + rand.N(d) }
