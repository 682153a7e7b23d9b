package escalation

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// timerSnooze is the timer of a chat that is snoozed until some time.
	timerSnooze = "snooze"
	// timerWake is set by the bot when the visitor writes in a chat that is snoozed.
	timerWake = roles.WakeTimer
	// overdueEvery is how long a chat sleeps beyond its time before its timer is taken for lost,
	// and how often it is then set again.
	overdueEvery = 10 * time.Minute
)

// armSnooze sets the timer of a chat that is snoozed.
//
// The chat has one such timer, and a replica that stood still may set that of an earlier snooze.
// So whoever has set it looks once more whether it is still the right one.
func (w *Worker) armSnooze(ctx context.Context, id chat.ID, now bus.Snapshot) error {
	for now.State.Asleep() && !now.State.Until.IsZero() {
		until := now.State.Until
		if err := w.setTimer(ctx, bus.Timer{Chat: id, Kind: timerSnooze, Seq: now.Out, At: until}); err != nil {
			return err
		}
		var err error
		if now, err = w.stateSince(ctx, id, now.Out); err != nil {
			return err
		}
		if now.State.Asleep() && now.State.Until.Equal(until) {
			return nil
		}
	}
	return nil
}

// snoozeDue wakes a chat whose time has come. That is said by the timer, which the stream's
// scheduler made due, and not by this replica's clock.
func (w *Worker) snoozeDue(ctx context.Context, t bus.Timer) error {
	again, err := w.wake(ctx, t.Chat, t.Seq, t.At)
	if err != nil || again.IsZero() {
		return err
	}
	return w.setTimer(ctx, bus.Timer{Chat: t.Chat, Kind: timerSnooze, Seq: t.Seq, At: again})
}

// wakeDue wakes a chat whose visitor wrote.
func (w *Worker) wakeDue(ctx context.Context, t bus.Timer) error {
	_, err := w.wake(ctx, t.Chat, t.Seq, time.Time{})
	return err
}

// overdue sets the timer again of a listed chat that should have woken long ago: it is months
// that a timer may have to survive, a restored backup among them. Each of them is looked at every
// few seconds, so only a moment in overdueEvery counts.
func (w *Worker) overdue(ctx context.Context, e desk.Entry) {
	late := w.now().Sub(e.Until)
	if e.Until.IsZero() || late < overdueEvery || late%overdueEvery > sweepEvery {
		return
	}
	if err := w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerSnooze, Seq: e.Seq, At: e.Until}); err != nil {
		w.log.Debug().Err(err).Str("chat", string(e.Chat)).Msg("could not set the timer of a snoozed chat again")
	}
}

// woken is waitDue for a chat that woke by itself and waits in the line: no visitor waits there
// who has to be told that nobody came, until they write.
func (w *Worker) woken(v view) (to transition, again time.Time, err error) {
	since := v.all().waits
	if since.IsZero() {
		since = w.now()
	}
	if until := since.Add(w.opts.WaitLimit); until.After(w.now()) {
		return transition{}, until, errNoChange
	}
	return transition{reason: chat.NobodyCame}, time.Time{}, nil
}
