package escalation

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// The kinds of timers. A chat has at most one of each.
const (
	timerWait   = "wait"   // the visitor waits for a person
	timerAnswer = "answer" // the agent owes an answer
	timerIdle   = "idle"   // nobody writes
)

// setTimer rounds up to whole seconds, which is what NATS' scheduler knows: a
// timer must not be due before its time, or it would be set again at once.
func (w *Worker) setTimer(ctx context.Context, t bus.Timer) error {
	t.At = t.At.Add(time.Second - 1).Truncate(time.Second)
	return w.conn.SetTimer(ctx, t)
}

// due deals with a timer. It acts only where the chat has not moved on, which is
// decided on the state that the change is guarded by.
//
// The timers "answer" and "idle" are lazy: nothing is published when somebody
// writes. When one is due it looks for what it is about, and is set again for
// the moment at which that would be too old. So they are exact, and cost one
// publish a chat and limit, however much is written.
func (w *Worker) due(ctx context.Context, t bus.Timer) error {
	var again time.Time // zero: not again
	var decide func(view) (move, error)
	switch t.Kind {
	case timerWait:
		decide = func(v view) (m move, err error) { m, again, err = w.nobodyCame(v, t); return m, err }
	case timerAnswer:
		decide = func(v view) (m move, err error) { m, again, err = w.noAnswer(v); return m, err }
	case timerIdle:
		decide = func(v view) (m move, err error) { m, again, err = w.idle(v); return m, err }
	default:
		return nil // of a later version
	}
	_, err := w.change(ctx, t.Chat, t.Seq, decide)
	switch {
	case err == nil:
		again = time.Time{}
	case !refused(err):
		return fmt.Errorf("timer %s of chat %s: %w", t.Kind, t.Chat, err)
	}
	if t.Kind == timerIdle {
		w.armed.forget(t.Chat)
	}
	if again.IsZero() {
		return nil
	}
	if err := w.setTimer(ctx, bus.Timer{Chat: t.Chat, Kind: t.Kind, Seq: t.Seq, At: again}); err != nil {
		return fmt.Errorf("set timer %s of chat %s again: %w", t.Kind, t.Chat, err)
	}
	if t.Kind == timerIdle {
		w.armed.set(t.Chat, again)
	}
	return nil
}

// nobodyCame: while a chat waits nobody speaks for the system, so its last such
// event is the one that the timer was set at, or it no longer waits or waits
// anew. (0: that event was purged.) Where it waits anew the timer may have been put
// in the place of the present wait's, by a replica that stood still.
func (w *Worker) nobodyCame(v view, t bus.Timer) (m move, again time.Time, err error) {
	if v.State.Is() != chat.Waiting {
		return move{}, time.Time{}, errNothing
	}
	if until := v.State.Since.Add(w.opts.WaitLimit); v.Out != t.Seq && v.Out != 0 && until.After(w.now()) {
		return move{}, until, errNothing
	}
	return move{reason: chat.NobodyCame}, time.Time{}, nil
}

// noAnswer takes a chat from an agent who owes an answer for too long.
func (w *Worker) noAnswer(v view) (m move, again time.Time, err error) {
	if v.State.Is() != chat.Live {
		return move{}, time.Time{}, errNothing // its next agent gets a timer anew
	}
	now := w.now()
	since, owes := owedSince(v)
	if !owes {
		since = now
	}
	if until := since.Add(w.opts.AnswerLimit); until.After(now) {
		return move{}, until, errNothing
	}
	return move{reason: chat.NoAnswer, by: *v.State.Agent}, time.Time{}, nil
}

// owedSince tells since when the agent owes the visitor an answer. Who takes a
// chat owes a first word; later it is the first message after the agent's last
// words that counts, so a visitor who asks again does not prolong the wait.
func owedSince(v view) (time.Time, bool) {
	var spoke bool
	var first time.Time
	for _, e := range v.events {
		switch {
		case e.Kind == chat.Say:
			spoke, first = true, time.Time{}
		case e.Kind == chat.StateChange:
			spoke = false
		case e.Kind == chat.Message && first.IsZero():
			first = e.At
		}
	}
	if !spoke {
		return v.State.Since, true
	}
	return first, !first.IsZero()
}

// idle closes a chat in which nothing happened for the limit.
func (w *Worker) idle(v view) (m move, again time.Time, err error) {
	if v.State.Is() == chat.Closed || v.empty() {
		return move{}, time.Time{}, errNothing // the next message sets it again
	}
	// No events: all are purged, and older than any limit.
	if n := len(v.events); n > 0 {
		if until := v.events[n-1].At.Add(w.opts.IdleLimit); until.After(w.now()) {
			return move{}, until, errNothing
		}
	}
	return move{reason: chat.Idle}, time.Time{}, nil
}

// armIdle sees to it that a chat in which a visitor writes has an idle timer.
func (w *Worker) armIdle(ctx context.Context, e chat.Event) error {
	now := w.now()
	if w.armed.has(e.Chat, now) {
		return nil
	}
	until := now.Add(w.opts.IdleLimit)
	if err := w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerIdle, Seq: e.Seq, At: until}); err != nil {
		return fmt.Errorf("set the idle timer of chat %s: %w", e.Chat, err)
	}
	w.armed.set(e.Chat, until)
	return nil
}
