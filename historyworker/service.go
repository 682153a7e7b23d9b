package historyworker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

func (w *Worker) serve(ctx context.Context) error {
	return w.conn.Serve(ctx, roles.Historyworker.Service, w.opts.Version,
		bus.Handle(roles.HistoryPage, reporting(w, func(ctx context.Context, req roles.PageRequest) (roles.PageReply, error) {
			return w.page(ctx, req, chat.RoleVisitor)
		})),
		bus.Handle(roles.HistoryPageInternal, reporting(w, func(ctx context.Context, req roles.PageRequest) (roles.PageReply, error) {
			if !req.Internal {
				return w.page(ctx, req, chat.RoleVisitor)
			}
			return w.page(ctx, req, chat.RoleAgent)
		})),
		bus.Handle(bus.StoredState, reporting(w, w.last)),
		bus.Handle(bus.StoredCard, reporting(w, w.lastCard)),
		bus.Handle(roles.HistoryFind, reporting(w, w.find)),
		bus.Handle(roles.HistoryChats, reporting(w, w.chats)),
		bus.Handle(roles.HistoryWalk, reporting(w, w.walk)),
		bus.Handle(roles.HistoryFile, reporting(w, w.file)),
		bus.Handle(roles.HistoryImport, reporting(w, w.take)),
		w.conn.Replay(roles.Storing.Name, w.replay),
	)
}

// reporting answers like f. If f fails because the store is down, that is logged once
// for all calls, and the caller gets ErrUnavailable.
func reporting[Req, Resp any](w *Worker, f func(context.Context, Req) (Resp, error)) func(context.Context, Req) (Resp, error) {
	return func(ctx context.Context, req Req) (Resp, error) {
		resp, err := f(ctx, req)
		var down *store.DownError
		if errors.As(err, &down) {
			if down.Part {
				w.part.down(down)
			} else {
				w.outage.Down(down)
			}
			err = fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
		}
		return resp, err
	}
}

// page answers with everything that the stream had acknowledged when the page was
// requested. The order of the steps guarantees that:
//
//  1. The floor: everything at or below it is in the store.
//  2. The stream above the floor, up to what its leader has now; that leader is not
//     stale, as far as the caller can tell.
//  3. The store, up to the end of the stream's part and no further: beyond that,
//     another replica may have stored an event and not yet the one before it, and a
//     reader would never fill the gap in its page.
func (w *Worker) page(ctx context.Context, req roles.PageRequest, reader chat.Role) (roles.PageReply, error) {
	if err := checkPage(req); err != nil {
		return roles.PageReply{}, err
	}
	if err := w.conn.Knows(req.Chat); err != nil {
		return roles.PageReply{}, err
	}
	// What was the floor once is enough for older pages.
	floor := w.conn.AcknowledgedOnce(req.Chat, roles.Storing.Name)
	if above(req, floor) {
		var err error
		if floor, err = w.floor(ctx, req.Chat); err != nil {
			return roles.PageReply{}, err
		}
	}
	r := recent{through: floor}
	if above(req, floor) { // otherwise the store has it all
		var err error
		if r, err = w.recentSince(ctx, req, reader, floor); err != nil {
			return roles.PageReply{}, err
		}
	}
	before := r.through + 1
	if req.Before != 0 {
		before = min(before, req.Before)
	}
	stored, err := w.store.Page(ctx, store.PageQuery{Chat: req.Chat, Before: before, Limit: req.Limit, Reader: reader})
	if err != nil {
		return roles.PageReply{}, err
	}
	w.outage.Up()
	tail := visible(r.events, reader)
	sent := sentBefore{store: w.store, chat: req.Chat, rest: below(tail, before), known: map[store.Name]uint64{}}
	reply, err := merge(stored, tail, before, req.Limit, func(e chat.Event) (uint64, error) { return sent.seq(ctx, e) })
	if err != nil {
		return roles.PageReply{}, err
	}
	return fit(reply)
}

// above reports whether the page may need events above the floor.
func above(req roles.PageRequest, floor uint64) bool {
	return req.Before == 0 || req.Before > floor+1
}

// stored returns the sequence of what a role sent under a client id, or 0 if it is not
// in the store.
func (w *Worker) stored(ctx context.Context, id chat.ID, role chat.Role, clientID string) (uint64, error) {
	e, err := w.store.Find(ctx, id, role, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return e.Seq, err
}

// last answers with the chat's last event that carries a state.
func (w *Worker) last(ctx context.Context, req bus.StateRequest) (bus.StateReply, error) {
	return w.lastWith(ctx, req, chat.RoleVisitor, func(e chat.Event) bool { return e.State != nil }, w.store.LastOut)
}

// lastCard answers with the chat's last event that carries a card.
func (w *Worker) lastCard(ctx context.Context, req bus.StateRequest) (bus.StateReply, error) {
	return w.lastWith(ctx, req, chat.RoleAgent, func(e chat.Event) bool { return e.Card() != nil }, w.store.LastCard)
}

// lastWith answers with the chat's last event that has something, of what the reader may see.
// It is called when the stream has none, so the stream's part is nearly always empty.
func (w *Worker) lastWith(ctx context.Context, req bus.StateRequest, reader chat.Role, has func(chat.Event) bool, stored func(context.Context, chat.ID) (chat.Event, error)) (bus.StateReply, error) {
	if err := checkChat(req.Chat); err != nil {
		return bus.StateReply{}, err
	}
	if err := w.conn.Knows(req.Chat); err != nil {
		return bus.StateReply{}, err
	}
	floor, err := w.floor(ctx, req.Chat)
	if err != nil {
		return bus.StateReply{}, err
	}
	r, err := w.recentOf(ctx, req.Chat, floor, reader)
	if err != nil {
		return bus.StateReply{}, err
	}
	for _, e := range slices.Backward(r.events) {
		if has(e) {
			return bus.StateReply{Event: &e}, nil
		}
	}
	e, err := stored(ctx, req.Chat)
	if errors.Is(err, store.ErrNotFound) {
		return bus.StateReply{}, nil
	}
	if err != nil {
		return bus.StateReply{}, err
	}
	return bus.StateReply{Event: &e}, nil
}

// find answers with the sequence of a visitor's event that was sent under a client id.
// As in all these calls, the store is read last: what leaves the stream during the call
// is in the store by then.
//
// While the store is down, the stream is searched as far back as it goes. So a resend
// is recognized then, too, and for a chat that is entirely in the stream the answer
// that there was no such event needs no store.
func (w *Worker) find(ctx context.Context, req roles.FindRequest) (roles.FindReply, error) {
	if err := checkFind(req); err != nil {
		return roles.FindReply{}, err
	}
	if err := w.conn.Knows(req.Chat); err != nil {
		return roles.FindReply{}, err
	}
	if req.By != "" {
		seq, err := w.stored(ctx, req.Chat, chat.RoleAgent, req.By+"/"+req.ID)
		return roles.FindReply{Seq: seq}, err
	}
	floor, err := w.floor(ctx, req.Chat)
	if err != nil {
		return roles.FindReply{}, err
	}
	tail, err := w.search(ctx, req, floor)
	if err != nil || tail.seq != 0 {
		return roles.FindReply{Seq: tail.seq, Read: tail.bytes}, err
	}
	seq, down := w.stored(ctx, req.Chat, chat.RoleVisitor, req.ID)
	if down == nil {
		return roles.FindReply{Seq: seq, Read: tail.bytes}, nil
	}
	if tail, err = w.search(ctx, req, 0); err != nil {
		return roles.FindReply{}, err
	}
	if tail.seq != 0 || tail.whole {
		return roles.FindReply{Seq: tail.seq, Read: tail.bytes}, nil
	}
	return roles.FindReply{}, down
}

// visible drops what the reader may not see: the stream may have events of a kind that
// is unknown here.
func visible(events []chat.Event, reader chat.Role) []chat.Event {
	return slices.DeleteFunc(events, func(e chat.Event) bool { return !e.Kind.VisibleTo(reader) })
}
