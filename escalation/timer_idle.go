package escalation

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// timerIdle is the timer of a chat in which nobody writes, for Options.IdleLimit.
const timerIdle = roles.IdleTimer

const (
	defaultIdleLimit = 24 * time.Hour
	idleLimitText    = "The chat was closed because nobody wrote for a long time. Write again any time."
)

// armIdle makes sure that a chat in which a person is requested has an idle timer: that may
// be the first thing in a chat. One that begins with a message, or is opened by one again,
// gets its timer from the bot, which is handed all messages. The timer is then set again
// and again until the chat is closed, so that nothing else that is written has to.
func (w *Worker) armIdle(ctx context.Context, e chat.Event) error {
	return w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerIdle, Seq: e.Seq, At: w.now().Add(w.opts.IdleLimit)})
}

// idleDue closes a chat in which nothing has happened for the limit.
func (w *Worker) idleDue(v view, _ bus.Timer) (to transition, again time.Time, err error) {
	if v.State.Is() == chat.Closed || v.empty() {
		return transition{}, time.Time{}, errNoChange // the next message sets it again
	}
	if v.State.Asleep() { // somebody means to come back to it, or waits for the visitor
		return transition{}, latest(w.now(), v.State.Until).Add(w.opts.IdleLimit), errNoChange
	}
	// No events: all were purged, so they are older than any limit.
	if last := v.all().lastAt; !last.IsZero() {
		if until := last.Add(w.opts.IdleLimit); until.After(w.now()) {
			return transition{}, until, errNoChange
		}
	}
	return transition{reason: chat.Idle}, time.Time{}, nil
}
