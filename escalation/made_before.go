package escalation

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// onceMoved is a handler of agents' calls that finds those which were made before their chat was
// moved here, and whose answer was lost: the stream here does not know their ids, and the chat has
// what they did.
func onceMoved[R any](w *Worker, call func(R) roles.DeskRequest, do func(context.Context, R) (roles.DeskReply, error)) func(context.Context, R) (roles.DeskReply, error) {
	return func(ctx context.Context, req R) (roles.DeskReply, error) {
		of := call(req)
		if seq, err := w.madeBefore(ctx, of, of.ID); err != nil || seq != 0 {
			return roles.DeskReply{Seq: seq}, err
		}
		return do(ctx, req)
	}
}

// sameCall is what a desk's call is called by.
func sameCall(req roles.DeskRequest) roles.DeskRequest { return req }

// cardCall is the same of a call that edits a card.
func cardCall(req roles.CardRequest) roles.DeskRequest {
	return roles.DeskRequest{Chat: req.Chat, ID: req.ID, Agent: req.Agent, Role: req.Role}
}

// madeBefore returns the sequence of what an agent's call with that id became at an earlier home of the
// chat; 0 if it was not made there. The store has all of that time.
func (w *Worker) madeBefore(ctx context.Context, req roles.DeskRequest, id string) (uint64, error) {
	if req.ID == "" || req.Agent.User == "" || w.conn.Moves(req.Chat) == 0 {
		return 0, nil
	}
	found, err := bus.Ask(ctx, w.conn, roles.HistoryFind, roles.FindRequest{Chat: req.Chat, ID: id, By: req.Agent.User})
	if err != nil {
		return 0, fmt.Errorf("look for a call that was made before the chat was moved: %w", err)
	}
	if found.Seq >= w.conn.Begins(req.Chat) {
		return 0, nil // made here, which whoever makes the call finds
	}
	return found.Seq, nil
}
