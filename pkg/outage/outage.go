// Package outage logs that something this process depends on is down, and later that
// it is up again: one line each, not one for everything that fails in between.
package outage

import (
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

const (
	// firstReminder is the time until the line is repeated while something is still
	// down. It doubles with each repetition, up to maxReminder, so the last ten minutes
	// of a log always show the outage.
	firstReminder = time.Minute
	maxReminder   = 10 * time.Minute
	// maxReasons bounds the reasons that are logged as soon as they occur.
	maxReasons = 5
)

// Log logs the outages of one dependency. Whatever uses the dependency calls Down and
// Up, concurrently and as often as it likes.
type Log struct {
	log  zerolog.Logger
	what string
	// meanwhile says what doesn't work without it.
	meanwhile string
	grace     time.Duration

	mu     sync.Mutex // guards what follows
	since  time.Time  // zero while it is up
	last   error
	logged map[string]bool // the reasons that were logged
	remind Reminder
}

// New returns the log of what (such as "NATS", at the beginning of a sentence).
// meanwhile is a sentence without its full stop that says what doesn't work without
// it. Outages shorter than grace are not logged.
func New(log zerolog.Logger, what, meanwhile string, grace time.Duration) *Log {
	return &Log{log: log, what: what, meanwhile: meanwhile, grace: grace}
}

// Down reports that the dependency failed, why, and which parts of it if it has any. It
// logs a line the first time, for each new reason, and as a reminder while that goes on.
func (w *Log) Down(err error, parts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since, w.logged, w.remind = time.Now(), map[string]bool{}, Reminder{}
	}
	w.last = err
	lasts := time.Since(w.since)
	if lasts < w.grace {
		return
	}
	first := len(w.logged) == 0
	fresh := !w.logged[err.Error()] && len(w.logged) < maxReasons
	if due := w.remind.Due(); !due && !fresh {
		return
	}
	w.logged[err.Error()] = true
	line, word := w.log.Warn().Err(err).Time("since", w.since), "is down"
	if !first {
		line, word = line.Str("for", Lasted(lasts)), "is still down"
	}
	if len(parts) > 0 {
		line = line.Strs("of", parts)
	}
	line.Msgf("%s %s: %s; retrying until it is back", w.what, word, w.meanwhile)
}

// Up reports that the dependency works. If an outage was logged, it logs the end and
// returns true.
func (w *Log) Up() (logged bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return false
	}
	if logged = len(w.logged) > 0; logged {
		w.log.Info().Time("since", w.since).Str("for", Lasted(time.Since(w.since))).Msg(w.what + " is back")
	}
	w.since, w.last, w.logged = time.Time{}, nil, nil
	return logged
}

// Err says in a sentence how long the dependency has been down and why, or returns nil.
func (w *Log) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return nil
	}
	return fmt.Errorf("%s has been down for %s: %w", w.what, Lasted(time.Since(w.since)), w.last)
}

// Reminder says when to log something that lasts: at once, after a minute, and then
// after pauses that double up to ten minutes. The zero value is due at once. It belongs
// to one goroutine.
type Reminder struct {
	pause time.Duration
	next  time.Time
}

// Due reports whether it is time to log, and assumes that the caller then does.
func (r *Reminder) Due() bool {
	now := time.Now()
	if now.Before(r.next) {
		return false
	}
	r.pause = min(max(2*r.pause, firstReminder), maxReminder)
	r.next = now.Add(r.pause)
	return true
}

// Lasted formats a duration for people.
func Lasted(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
