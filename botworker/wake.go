package botworker

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// wake has the escalation worker wake a chat whose agent lets it rest until the visitor writes:
// the bot is handed all messages, and has just read the state. The timer is due at once, and what
// it leads to is decided on the chat as it is then.
func (w *Worker) wake(ctx context.Context, cause chat.Event) error {
	err := w.conn.SetTimer(ctx, bus.Timer{Chat: cause.Chat, Kind: roles.WakeTimer, Seq: cause.Seq, At: cause.At})
	if err != nil {
		return fmt.Errorf("set timer %s of chat %s: %w", roles.WakeTimer, cause.Chat, err)
	}
	return nil
}
