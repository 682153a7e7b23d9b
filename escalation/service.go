package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

func (w *Worker) handlings() []bus.Handling {
	return []bus.Handling{
		bus.Handle(roles.DeskTake, w.act(chat.Taken)),
		bus.Handle(roles.DeskReturn, w.act(chat.Returned)),
		bus.Handle(roles.DeskTransfer, w.act(chat.Transferred)),
		bus.Handle(roles.DeskClose, w.act(chat.ByAgent)),
		bus.Handle(roles.DeskSay, w.say),
		bus.Handle(roles.DeskNote, w.note),
		w.conn.Replay(roles.Deciding.Name, w.handle),
		w.conn.ReplayTimers(roles.Timing.Name, w.due),
	}
}

// act returns the handler of a call with which an agent changes a chat.
func (w *Worker) act(reason chat.Reason) func(context.Context, roles.DeskRequest) (roles.DeskReply, error) {
	return func(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
		if err := checkCall(req); err != nil {
			return roles.DeskReply{}, err
		}
		// With the account's name before it, so that two agents whose clients
		// count from one can't be taken for each other.
		id := ownID(req)
		e, err := w.change(ctx, req.Chat, 0, func(v view) (move, error) {
			if v.empty() {
				return move{}, notFound()
			}
			return move{reason: reason, by: req.Agent, id: id}, nil
		})
		if errors.Is(err, chat.ErrUnchanged) {
			return roles.DeskReply{}, nil
		}
		if err != nil {
			return w.unlessDone(ctx, req, id, fmt.Errorf("%s: %w", reason, err))
		}
		return roles.DeskReply{Seq: e.Seq}, nil
	}
}

// say stores what the agent who has the chat says to the visitor.
//
// It is stored under the client's id, so made again within the stream's
// duplicate window (ten minutes) it gets the first one's sequence, also where
// Decide appends anew after a conflict. Made again later than that, by an agent
// who still has the chat, it would be said twice: only a client that was cut off
// for so long could do that, and it takes what it missed first, finds its words
// there and drops them.
func (w *Worker) say(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	text, err := checkText(req)
	if err != nil {
		return roles.DeskReply{}, err
	}
	from := chat.Speaker{Role: chat.RoleAgent, Name: req.Agent.Name, User: req.Agent.User}
	e, err := w.conn.GuardedAppend(ctx, req.Chat, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Say, By: req.Agent, At: w.now()})
		return chat.Event{Kind: chat.Say, ID: ownID(req), From: from, Text: text, State: &next}, err
	})
	if err != nil {
		return w.unlessDone(ctx, req, ownID(req), fmt.Errorf("say: %w", err))
	}
	return roles.DeskReply{Seq: e.Seq}, nil
}

// note stores words for agents only. Any agent may write them, at any time.
func (w *Worker) note(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	text, err := checkText(req)
	if err != nil {
		return roles.DeskReply{}, err
	}
	if err := w.mustExist(ctx, req.Chat); err != nil {
		return roles.DeskReply{}, err
	}
	stored, err := w.conn.AppendNote(ctx, chat.Event{
		Chat: req.Chat, Kind: chat.Note, ID: ownID(req), Text: text,
		From: chat.Speaker{Role: chat.RoleAgent, Name: req.Agent.Name, User: req.Agent.User},
	})
	if err != nil {
		return roles.DeskReply{}, fmt.Errorf("note: %w", err)
	}
	return roles.DeskReply{Seq: stored.Seq}, nil
}

// ownID is the client's id with the agent's account before it, since two agents'
// clients may choose the same one. Gateways show it without.
func ownID(req roles.DeskRequest) string { return req.Agent.User + "/" + req.ID }

// mustExist refuses a chat in which nobody ever said anything.
func (w *Worker) mustExist(ctx context.Context, id chat.ID) error {
	last, err := w.conn.LastSeq(ctx, id, false)
	if err != nil {
		return fmt.Errorf("look for chat %s: %w", id, err)
	}
	if last != 0 {
		return nil
	}
	s, err := w.conn.Last(ctx, id) // perhaps only the store has it
	if err != nil {
		return fmt.Errorf("look for chat %s: %w", id, err)
	}
	if s.Out == 0 && s.State == (chat.State{}) {
		return notFound()
	}
	return nil
}

// unlessDone answers a call that was refused. The answer to an earlier try may
// have been lost on its way, and what it did may itself be why it is refused
// now; then the call has been made, and gets its sequence.
func (w *Worker) unlessDone(ctx context.Context, req roles.DeskRequest, id string, err error) (roles.DeskReply, error) {
	if !refused(err) {
		return roles.DeskReply{}, err
	}
	events, _, readErr := w.wordless(ctx, req.Chat, 0)
	if readErr != nil {
		return roles.DeskReply{}, readErr
	}
	for _, e := range events {
		if e.ID == id && e.From.Role == chat.RoleAgent && e.From.User == req.Agent.User {
			return roles.DeskReply{Seq: e.Seq}, nil
		}
	}
	if len(events) == 0 {
		if missing := w.mustExist(ctx, req.Chat); missing != nil {
			return roles.DeskReply{}, missing
		}
	}
	return roles.DeskReply{}, refusal(err)
}
