package escalation

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// timerAnswer is the timer of an agent who owes the visitor an answer, for
// Options.AnswerLimit.
const timerAnswer = "answer"

const (
	defaultAnswerLimit = 5 * time.Minute
	answerLimitText    = " couldn't answer in time. You're back in line." // after the agent's name
)

// armAnswer sets the timer of a chat that has become live.
func (w *Worker) armAnswer(ctx context.Context, id chat.ID, s bus.Snapshot) error {
	return w.setTimer(ctx, bus.Timer{Chat: id, Kind: timerAnswer, Seq: s.Out, At: s.State.Since.Add(w.opts.AnswerLimit)})
}

// answerDue takes a chat from an agent who has owed an answer for too long.
func (w *Worker) answerDue(v view, _ bus.Timer) (to transition, again time.Time, err error) {
	if v.State.Is() != chat.Live || v.State.Asleep() {
		return transition{}, time.Time{}, errNoChange // its next agent gets a new timer, and so does one whom it wakes
	}
	now := w.now()
	since, owes := owedSince(v)
	if !owes {
		since = now
	}
	if until := since.Add(w.opts.AnswerLimit); until.After(now) {
		return transition{}, until, errNoChange
	}
	return transition{reason: chat.NoAnswer, by: *v.State.Agent}, time.Time{}, nil
}

// owedSince returns since when the agent owes the visitor an answer, or false if
// none is owed. An agent who takes a chat owes a first word; after that the first
// message since the agent's last words counts, so a visitor who asks again does not
// prolong the wait. One whose chat woke by itself owes nothing before the visitor writes.
func owedSince(v view) (time.Time, bool) {
	all := v.all()
	if woke, owes := v.State.Woke(); !all.spoke && (woke.IsZero() || owes) {
		return v.State.Since, true
	}
	return all.waits, !all.waits.IsZero()
}
