package escalation

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// seen refuses what an agent wrote before they had seen what came since: see chat.Seen. It
// looks again whenever the append is tried again. A message that is stored between this look
// and the append is like one that comes a moment after the words: nobody could have seen it.
func (w *Worker) seen(ctx context.Context, req roles.DeskRequest) error {
	if req.Seen == 0 {
		return nil // the agent was there all the time, or was asked
	}
	tail, err := w.conn.TailPart(ctx, req.Chat, req.Seen, chat.RoleVisitor)
	if err != nil {
		return fmt.Errorf("read what came in chat %s since the agent wrote: %w", req.Chat, err)
	}
	return chat.Seen(tail.Events, tail.Whole, req.Agent)
}
