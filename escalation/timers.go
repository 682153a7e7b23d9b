package escalation

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

// timerKind is a kind of timer. A chat has at most one timer of each kind. Each kind
// has a file of its own: its limit, where it is set, and what it leads to.
type timerKind struct {
	// due decides what a timer that is due leads to: a transition, or an error that
	// refuses one; then again is when the timer is due next (zero: never).
	due func(w *Worker, v view, t bus.Timer) (to transition, again time.Time, err error)
	// act deals with a timer whose transition depends on more than the chat; nil: due decides.
	act func(w *Worker, ctx context.Context, t bus.Timer) error
}

var timerKinds = map[string]timerKind{
	timerWait:   {due: (*Worker).waitDue},
	timerAnswer: {due: (*Worker).answerDue},
	timerIdle:   {due: (*Worker).idleDue},
	timerSnooze: {act: (*Worker).snoozeDue},
	timerWake:   {act: (*Worker).wakeDue},
}

// unknownTimerTime is for how long after it was due a timer of an unknown kind is
// left for replicas of a later version, as there are during a rolling upgrade. With
// one such replica among ten that is plenty: it comes again every 30 seconds at
// least. Then it becomes a dead letter, which a later version can replay.
const unknownTimerTime = time.Hour

// unknownTimer returns what becomes of a timer of a kind that this version does not
// know: it is not to blame, so it comes again for as long as unknownTimerTime.
func (w *Worker) unknownTimer(t bus.Timer) error {
	err := fmt.Errorf("timer %s of chat %s: this version knows no such kind", t.Kind, t.Chat)
	if w.now().Sub(t.Due) > unknownTimerTime {
		return bus.Permanent(err)
	}
	return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
}

func (w *Worker) setTimer(ctx context.Context, t bus.Timer) error {
	if err := w.conn.SetTimer(ctx, t); err != nil {
		return fmt.Errorf("set timer %s of chat %s: %w", t.Kind, t.Chat, err)
	}
	return nil
}

// due deals with a timer. It acts only if the chat has not moved on, which is
// decided on the state that the change is guarded by.
//
// The timers "answer" and "idle" are lazy: nothing is published when somebody
// writes. When one is due it looks for the last relevant event, and is set again for
// the moment at which that would be too old. So they are exact, and cost one publish
// a chat and limit, however much is written.
func (w *Worker) due(ctx context.Context, t bus.Timer) error {
	kind, known := timerKinds[t.Kind]
	if !known {
		return w.unknownTimer(t)
	}
	if kind.act != nil {
		return kind.act(w, ctx, t)
	}
	var again time.Time
	_, err := w.change(ctx, t.Chat, t.Seq, func(v view) (to transition, err error) {
		to, again, err = kind.due(w, v, t)
		return to, err
	})
	switch {
	case err == nil:
		return nil
	case !refused(err):
		return fmt.Errorf("timer %s of chat %s: %w", t.Kind, t.Chat, err)
	case again.IsZero():
		return nil
	}
	return w.setTimer(ctx, bus.Timer{Chat: t.Chat, Kind: t.Kind, Seq: t.Seq, At: again})
}
