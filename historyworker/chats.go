package historyworker

import (
	"cmp"
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// chats answers from the store alone, so for a moment a chat whose last events are not
// stored yet is missing from the list, or listed as it was. The store may have chats of other
// regions, too: those that were moved away, and copies. Each is listed by its home alone.
func (w *Worker) chats(ctx context.Context, req roles.ChatsRequest) (roles.ChatsReply, error) {
	if err := checkLimit(req.Limit, store.MaxChats); err != nil {
		return roles.ChatsReply{}, err
	}
	of := cmp.Or(req.Of, w.conn.Region())
	reply := roles.ChatsReply{Chats: []roles.ChatSummary{}}
	for before := req.Before; ; {
		list, err := w.store.Chats(ctx, store.ChatsQuery{Before: before, Limit: req.Limit})
		if err != nil {
			return roles.ChatsReply{}, fmt.Errorf("list chats: %w", err)
		}
		for _, c := range list.Chats {
			if of == "" || w.conn.HomeOf(c.Chat) == of {
				reply.Chats = append(reply.Chats, roles.ChatSummary(c))
			}
			before = c.At
		}
		reply.More = list.More
		if !list.More || len(reply.Chats) >= req.Limit || len(list.Chats) == 0 {
			return reply, nil
		}
	}
}

// take stores what another region has of its chats, in any order and as often as it comes. What
// this region's own streams have of a chat is never taken from elsewhere.
func (w *Worker) take(ctx context.Context, req roles.ImportRequest) (roles.ImportReply, error) {
	if len(req.Events) > roles.MaxImport {
		return roles.ImportReply{}, refuse(fmt.Errorf("these are %d events, and must be %d at most", len(req.Events), roles.MaxImport))
	}
	for i := range req.Events {
		if err := w.checkImport(&req.Events[i], req.Own); err != nil {
			return roles.ImportReply{}, refuse(err)
		}
	}
	if req.Own {
		if err := w.checkRestore(ctx, req.Events); err != nil {
			return roles.ImportReply{}, err
		}
	}
	return roles.ImportReply{}, w.withFiles(ctx, namedBy(req.Events), func() error { return w.write(ctx, req.Events) })
}

func (w *Worker) checkImport(e *chat.Event, own bool) error {
	if _, err := chat.ParseID(string(e.Chat)); err != nil {
		return err
	}
	if err := e.Kind.Check(); err != nil {
		return err
	}
	if e.Seq == 0 || e.At.IsZero() {
		return fmt.Errorf("an event of chat %s has no sequence or no time", e.Chat)
	}
	if !own && e.Seq >= w.conn.Begins(e.Chat) {
		return fmt.Errorf("event %d of chat %s is of this region", e.Seq, e.Chat)
	}
	return nil
}

// checkRestore refuses events of this region that its streams may have, or have had.
func (w *Worker) checkRestore(ctx context.Context, events []chat.Event) error {
	for i := range events {
		e := &events[i]
		if !w.conn.IsHome(e.Chat) {
			return refuse(fmt.Errorf("the chat %s is not of this region", e.Chat))
		}
		above, err := w.conn.RestoredBelow(ctx, e.Chat)
		if err != nil {
			return err
		}
		if e.Seq >= above {
			return refuse(fmt.Errorf("event %d of chat %s may be one of the streams' own", e.Seq, e.Chat))
		}
	}
	return nil
}
