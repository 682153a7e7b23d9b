package escalation

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// timerWait is the timer of a visitor who waits for a person, for Options.WaitLimit.
const timerWait = "wait"

const (
	defaultWaitLimit = 10 * time.Minute
	nobodyCameText   = "Sorry, nobody could get to you in time."
	waitLimitText    = nobodyCameText + " Leave your email and we'll get back to you."
)

// armWait sets the timer of a chat that waits.
func (w *Worker) armWait(ctx context.Context, id chat.ID, s bus.Snapshot) error {
	return w.setTimer(ctx, bus.Timer{Chat: id, Kind: timerWait, Seq: s.Out, At: s.State.Since.Add(w.opts.WaitLimit)})
}

// waitDue sends a visitor who has waited too long back to the bot.
//
// While a chat waits nobody speaks for the system, but to note an address or a
// name, which sets the timer again, to the same moment. So its last such event is the one that the timer was set
// at, or the chat no longer waits, or waits again. (0: that event was purged.) If it waits again, the timer may have replaced the present
// wait's, set by a replica that had stood still.
func (w *Worker) waitDue(v view, t bus.Timer) (to transition, again time.Time, err error) {
	if v.State.Is() != chat.Waiting {
		return transition{}, time.Time{}, errNoChange
	}
	if woke, owes := v.State.Woke(); !woke.IsZero() && !owes {
		return w.woken(v)
	}
	if until := v.State.Since.Add(w.opts.WaitLimit); v.Out != t.Seq && v.Out != 0 && until.After(w.now()) {
		return transition{}, until, errNoChange
	}
	return transition{reason: chat.NobodyCame}, time.Time{}, nil
}
