package escalation

import (
	"context"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// handle deals with one delivery of the durable consumers: a request, or a change. It may
// be given any event again, in any order, and two of one chat at once: here, since
// requests and changes come from different consumers, as well as among replicas. That
// harms nothing, since both decide on the chat as it is, under a guarded append.
func (w *Worker) handle(ctx context.Context, d bus.Delivery) error {
	e := d.Event
	switch {
	case e.Kind == chat.StateChange:
		return w.changed(ctx, e)
	case e.Kind != chat.Request:
		return nil
	}
	switch e.Request {
	case chat.Rate:
		return w.rated(ctx, e)
	case chat.Escalate, chat.LeaveEmail, chat.GiveName: // each may be the first thing in a chat
		if err := w.armIdle(ctx, e); err != nil {
			return err
		}
	}
	return w.settle(ctx, e.Chat, e.Seq)
}

// changed deals with a change of a chat: the chat's current state (not that of this
// event) is projected to the desk, and gets the timer that belongs to it.
//
// A request may slip in while the chat changes: the change does not decide it, and
// its own delivery saw the state before, in which it was refused. So requests are
// looked at once more after each change, as the bot does with messages.
func (w *Worker) changed(ctx context.Context, e chat.Event) error {
	if err := w.settle(ctx, e.Chat, e.Seq); err != nil {
		return err
	}
	now, err := w.project(ctx, e.Chat, e.Seq)
	if err != nil {
		return err
	}
	w.releaseOthers(ctx, e.Chat, now)
	if e.Reason == chat.Arrived { // its timers stay behind
		if err := w.armIdle(ctx, e); err != nil {
			return err
		}
	}
	switch now.State.Is() {
	case chat.Waiting:
		w.assignNow()
		return w.armWait(ctx, e.Chat, now)
	case chat.Live:
		if now.State.Asleep() {
			return w.armSnooze(ctx, e.Chat, now)
		}
		return w.armAnswer(ctx, e.Chat, now)
	}
	return nil
}
