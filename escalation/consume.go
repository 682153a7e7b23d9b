package escalation

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// handle deals with one delivery of the durable consumer. It may be given any
// event again, in any order among replicas.
func (w *Worker) handle(ctx context.Context, d bus.Delivery) error {
	e := d.Event
	if e.Kind == chat.StateChange {
		return w.changed(ctx, e)
	}
	if err := w.armIdle(ctx, e); err != nil {
		return err
	}
	if e.Kind != chat.Request || e.Request == chat.Rate {
		return nil
	}
	return w.settle(ctx, e.Chat, e.Seq)
}

// changed deals with a change of a chat: what it is now (not what this event
// says) goes to the desk, and gets the timer that belongs to it.
//
// A request may slip in while the chat changes: the change does not decide it, and
// its own delivery saw the state before, in which it was refused. So requests are
// looked at once more after each change, as the bot looks for messages.
func (w *Worker) changed(ctx context.Context, e chat.Event) error {
	if err := w.settle(ctx, e.Chat, e.Seq); err != nil {
		return err
	}
	now, err := w.project(ctx, e.Chat, e.Seq)
	if err != nil {
		return err
	}
	switch now.State.Is() {
	case chat.Waiting:
		err = w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerWait, Seq: now.Out, At: now.State.Since.Add(w.opts.WaitLimit)})
	case chat.Live:
		err = w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerAnswer, Seq: now.Out, At: now.State.Since.Add(w.opts.AnswerLimit)})
	}
	if err != nil {
		return fmt.Errorf("set the timer of chat %s: %w", e.Chat, err)
	}
	return nil
}
