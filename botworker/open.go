package botworker

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// open sets the idle timer of a chat that the bot is about to open: one in which nobody
// has spoken for the system yet, or that was closed. From then on the escalation worker
// keeps the timer until it closes the chat. It is set before the reply is stored, so no
// crash leaves an open chat without one; one too many does no harm.
func (w *Worker) open(ctx context.Context, cause chat.Event, s bus.Snapshot) error {
	if s.State.Status != "" && s.State.Status != chat.Closed {
		return nil
	}
	err := w.conn.SetTimer(ctx, bus.Timer{Chat: cause.Chat, Kind: roles.IdleTimer, Seq: cause.Seq, At: w.opts.Now().Add(w.opts.IdleLimit)})
	if err != nil {
		return fmt.Errorf("set timer %s of chat %s: %w", roles.IdleTimer, cause.Chat, err)
	}
	return nil
}
