// Package away tells in the log, for whoever reads it at night, that something is
// away and that it is back: in a line each, not in one for everything that fails
// meanwhile.
package away

import (
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// firstReminder is after how long it is said again that something is still
	// away; each further time takes twice as long, up to mostReminder. So the
	// latest ten minutes of a log always tell of it.
	firstReminder = time.Minute
	mostReminder  = 10 * time.Minute
	// mostReasons bounds for how many reasons a line is written at once.
	mostReasons = 5
)

// Watch watches over one thing that may be away. Whoever uses the thing calls
// Failed and Works, from wherever and as often as it likes.
type Watch struct {
	log  zerolog.Logger
	what string
	// meanwhile says what does not work without it.
	meanwhile string
	grace     time.Duration

	mu     sync.Mutex // guards what follows
	since  time.Time  // zero: it is there
	last   error
	told   map[string]bool // the reasons that were told
	pause  time.Duration
	remind time.Time
}

// New returns a watch over what (as "NATS", at the beginning of a sentence).
// meanwhile is a sentence without its full stop that says what does not work
// without it. What is away for less than grace is not worth a line.
func New(log zerolog.Logger, what, meanwhile string, grace time.Duration) *Watch {
	return &Watch{log: log, what: what, meanwhile: meanwhile, grace: grace}
}

// Failed says that the thing did not work, and why. It writes a line the first
// time, for a reason that is new, and now and then while that goes on.
func (w *Watch) Failed(err error) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since, w.told = now, map[string]bool{}
	}
	w.last = err
	if now.Sub(w.since) < w.grace {
		return
	}
	first := len(w.told) == 0
	fresh := !w.told[err.Error()] && len(w.told) < mostReasons
	if !fresh && now.Before(w.remind) {
		return
	}
	word := "is still away"
	if first {
		word, w.pause = "is away", firstReminder
	} else if !now.Before(w.remind) {
		w.pause = min(2*w.pause, mostReminder)
	}
	if first || !now.Before(w.remind) {
		w.remind = now.Add(w.pause)
	}
	if fresh {
		w.told[err.Error()] = true
	}
	line := w.log.Warn().Err(err).Time("since", w.since)
	if !first {
		line = line.Str("for", lasted(now.Sub(w.since)))
	}
	line.Msgf("%s %s: %s; it is tried again until it is back", w.what, word, w.meanwhile)
}

// Works says that the thing works. It writes a line where it was said to be away.
func (w *Watch) Works() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return
	}
	if len(w.told) > 0 {
		w.log.Info().Time("since", w.since).Str("for", lasted(time.Since(w.since))).Msg(w.what + " is back")
	}
	w.since, w.last, w.told = time.Time{}, nil, nil
}

// Err says in a sentence since when the thing is away and why, or returns nil.
func (w *Watch) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return nil
	}
	return fmt.Errorf("%s has been away for %s: %w", w.what, lasted(time.Since(w.since)), w.last)
}

// lasted is a time as a person reads it.
func lasted(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
