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
	// firstReminder is after how long it is said again that something is still
	// away; each further time takes twice as long, up to mostReminder. So the
	// latest ten minutes of a log always tell of it.
	firstReminder = time.Minute
	mostReminder  = 10 * time.Minute
	// mostReasons bounds for how many reasons a line is written at once.
	mostReasons = 5
)

// Log watches over one thing that may be away. Whoever uses the thing calls
// Down and Up, from wherever and as often as it likes.
type Log struct {
	log  zerolog.Logger
	what string
	// meanwhile says what does not work without it.
	meanwhile string
	grace     time.Duration

	mu     sync.Mutex // guards what follows
	since  time.Time  // zero: it is there
	last   error
	told   map[string]bool // the reasons that were told
	remind Reminder
}

// New returns a watch over what (as "NATS", at the beginning of a sentence).
// meanwhile is a sentence without its full stop that says what does not work
// without it. What is away for less than grace is not worth a line.
func New(log zerolog.Logger, what, meanwhile string, grace time.Duration) *Log {
	return &Log{log: log, what: what, meanwhile: meanwhile, grace: grace}
}

// Down says that the thing did not work, and why, and where it has parts which
// of them. It writes a line the first time, for a reason that is new, and now and
// then while that goes on.
func (w *Log) Down(err error, parts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		w.since, w.told, w.remind = time.Now(), map[string]bool{}, Reminder{}
	}
	w.last = err
	lasts := time.Since(w.since)
	if lasts < w.grace {
		return
	}
	first := len(w.told) == 0
	fresh := !w.told[err.Error()] && len(w.told) < mostReasons
	if due := w.remind.Due(); !due && !fresh {
		return
	}
	w.told[err.Error()] = true
	line, word := w.log.Warn().Err(err).Time("since", w.since), "is away"
	if !first {
		line, word = line.Str("for", Lasted(lasts)), "is still away"
	}
	if len(parts) > 0 {
		line = line.Strs("of", parts)
	}
	line.Msgf("%s %s: %s; it is tried again until it is back", w.what, word, w.meanwhile)
}

// Up says that the thing works. Where it was said to be away it writes a line
// and returns true.
func (w *Log) Up() (told bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return false
	}
	if told = len(w.told) > 0; told {
		w.log.Info().Time("since", w.since).Str("for", Lasted(time.Since(w.since))).Msg(w.what + " is back")
	}
	w.since, w.last, w.told = time.Time{}, nil, nil
	return told
}

// Err says in a sentence since when the thing is away and why, or returns nil.
func (w *Log) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return nil
	}
	return fmt.Errorf("%s has been away for %s: %w", w.what, Lasted(time.Since(w.since)), w.last)
}

// Reminder says when a line about something that lasts is due: at once, after a
// minute, and with a pause of twice as long each time, of ten minutes at most. The
// zero value is one whose line is due. It belongs to one goroutine.
type Reminder struct {
	pause time.Duration
	next  time.Time
}

// Due reports whether the line is due; then it is taken for written.
func (r *Reminder) Due() bool {
	now := time.Now()
	if now.Before(r.next) {
		return false
	}
	r.pause = min(max(2*r.pause, firstReminder), mostReminder)
	r.next = now.Add(r.pause)
	return true
}

// Lasted is how long something took, as a person reads it.
func Lasted(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
