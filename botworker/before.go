package botworker

import (
	"context"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// before returns the turns of this visit before the messages, if they can be read: without them
// the answer is worse, not wrong. What was said before the chat was closed is a matter that is
// over, and no business of a model. The chat may have been closed between the messages.
func (w *Worker) before(ctx context.Context, id chat.ID, s bus.Snapshot, messages []chat.Event) []chat.Event {
	if w.opts.Turns == 0 {
		return nil
	}
	to := messages[0].Seq
	if s.Out > to { // somebody spoke for the system between them
		to = messages[len(messages)-1].Seq
	}
	page, err := roles.AskPage(ctx, w.conn, chat.RoleBot, roles.PageRequest{Chat: id, Before: to, Limit: w.opts.Turns})
	if err != nil {
		w.opts.Log.Warn().Ctx(ctx).Err(err).Str("chat", string(id)).Msg("answering without the earlier turns")
		return nil
	}
	asked := func(e chat.Event) bool {
		return slices.ContainsFunc(messages, func(m chat.Event) bool { return m.Seq == e.Seq })
	}
	return slices.DeleteFunc(chat.SinceClosed(page.Events), asked)
}
