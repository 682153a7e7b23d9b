package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

func (w *Worker) handlings() []bus.Handling {
	once := func(do func(context.Context, roles.DeskRequest) (roles.DeskReply, error)) func(context.Context, roles.DeskRequest) (roles.DeskReply, error) {
		return onceMoved(w, sameCall, do)
	}
	return []bus.Handling{
		bus.Handle(roles.DeskTake, once(w.act(chat.Taken))),
		bus.Handle(roles.DeskStepIn, once(w.act(chat.SteppedIn))),
		bus.Handle(roles.DeskDealt, once(w.act(chat.Dealt))),
		bus.Handle(roles.DeskReturn, once(w.act(chat.Returned))),
		bus.Handle(roles.DeskTransfer, once(w.act(chat.Transferred))),
		bus.Handle(roles.DeskClose, once(w.act(chat.ByAgent))),
		bus.Handle(roles.DeskTakeOver, once(w.takeOver)),
		bus.Handle(roles.DeskAssign, once(w.assignTo)),
		bus.Handle(roles.DeskPassOn, once(w.passOn)),
		bus.Handle(roles.DeskSnooze, once(w.snooze)),
		bus.Handle(roles.DeskWake, once(w.act(chat.Woken))),
		bus.Handle(roles.DeskCloseSource, w.closeSource),
		bus.Handle(roles.DeskSay, once(w.say)),
		bus.Handle(roles.DeskNote, once(w.note)),
		bus.Handle(roles.DeskCard, onceMoved(w, cardCall, w.card)),
		bus.Handle(roles.DeskVouch, w.vouch),
		w.conn.Replay(roles.Deciding.Name, w.handle),
		w.conn.ReplayTimers(roles.Timing.Name, w.due),
	}
}

// act returns the handler of a call with which an agent changes a chat.
func (w *Worker) act(reason chat.Reason) func(context.Context, roles.DeskRequest) (roles.DeskReply, error) {
	return func(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
		if err := checkCall(req, rights.Answer); err != nil {
			return roles.DeskReply{}, err
		}
		e, err := w.change(ctx, req.Chat, 0, func(v view) (transition, error) {
			if v.empty() {
				return transition{}, notFound()
			}
			if reason == chat.Taken {
				if err := w.mayTake(v.State, req.Agent.User); err != nil {
					return transition{}, err
				}
			}
			return transition{reason: reason, by: req.Agent, id: ownID(req)}, nil
		})
		if errors.Is(err, chat.ErrUnchanged) {
			return roles.DeskReply{}, nil
		}
		if err != nil {
			return w.unlessDone(ctx, req, fmt.Errorf("%s: %w", reason, err))
		}
		return roles.DeskReply{Seq: e.Seq}, nil
	}
}

// say stores what the agent who has the chat says to the visitor.
//
// It is stored under the client's id, so a call repeated within the stream's
// duplicate window (ten minutes) gets the first one's sequence, also if
// GuardedAppend appends again after a conflict. Repeated later than that, by an agent
// who still has the chat, it would be said twice: only a client that was cut off for
// so long could do that, and such a client takes what it missed first, finds its
// words there and drops them.
func (w *Worker) say(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	text, parts, err := checkWords(req, rights.Answer)
	if err != nil {
		return roles.DeskReply{}, err
	}
	e, err := w.conn.GuardedAppend(ctx, req.Chat, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Say, By: req.Agent, At: w.now()})
		if err == nil {
			err = w.seen(ctx, req)
		}
		return chat.Event{Kind: chat.Say, ID: ownID(req), From: speaker(req), Text: text, Parts: parts, State: &next}, err
	})
	if err != nil {
		return w.unlessDone(ctx, req, fmt.Errorf("say: %w", err))
	}
	return roles.DeskReply{Seq: e.Seq}, nil
}

// note stores words for agents only. Any agent may write them, at any time.
func (w *Worker) note(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	text, parts, err := checkWords(req, rights.Annotate)
	if err != nil {
		return roles.DeskReply{}, err
	}
	if err := w.mustExist(ctx, req.Chat); err != nil {
		return roles.DeskReply{}, err
	}
	stored, err := w.conn.Append(ctx, chat.Event{Chat: req.Chat, Kind: chat.Note, ID: ownID(req), Text: text, Parts: parts, From: speaker(req)})
	if err != nil {
		return roles.DeskReply{}, fmt.Errorf("note: %w", err)
	}
	return roles.DeskReply{Seq: stored.Seq}, nil
}

// sendAlong stores the note that travels with a chat, once for a call: its id is the call's,
// which the change has, with an ending.
func (w *Worker) sendAlong(ctx context.Context, req roles.DeskRequest, text string) error {
	if seq, err := w.madeBefore(ctx, req, req.ID+roles.AlongSuffix); err != nil || seq != 0 {
		return err
	}
	_, err := w.conn.Append(ctx, chat.Event{Chat: req.Chat, Kind: chat.Note, ID: ownID(req) + roles.AlongSuffix, Text: text, From: speaker(req)})
	if err != nil {
		return fmt.Errorf("note that goes along: %w", err)
	}
	return nil
}

// keptAlong adds to a refusal that the note is stored all the same.
func keptAlong(err error) error {
	var no *bus.Refusal
	if !errors.As(err, &no) {
		return err
	}
	return &bus.Refusal{Code: no.Code, Message: no.Message + " Your note is kept."}
}

// ownID is the client's id with the agent's account before it, since two agents'
// clients may choose the same one. Gateways show it without the account.
func ownID(req roles.DeskRequest) string { return req.Agent.User + "/" + req.ID }

func speaker(req roles.DeskRequest) chat.Speaker {
	return chat.Speaker{Role: chat.RoleAgent, Name: req.Agent.Name, User: req.Agent.User}
}

// mustExist refuses a chat in which nobody ever said anything.
func (w *Worker) mustExist(ctx context.Context, id chat.ID) error {
	last, err := w.conn.LastSeq(ctx, id, chat.RoleVisitor)
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

// unlessDone answers a call that was refused. The answer to an earlier try may have
// been lost on its way, and what that try did may itself be why the call is refused
// now; then the call has been made, and gets its sequence. Only what was said lately
// is read: a client repeats a call within the stream's duplicate window, as in say.
func (w *Worker) unlessDone(ctx context.Context, req roles.DeskRequest, err error) (roles.DeskReply, error) {
	var no *bus.Refusal
	if !refused(err) && !errors.As(err, &no) {
		return roles.DeskReply{}, err
	}
	events, readErr := w.conn.RecentOut(ctx, req.Chat)
	if readErr != nil {
		return roles.DeskReply{}, readErr
	}
	for _, e := range events {
		if e.ID == ownID(req) && e.From.Role == chat.RoleAgent && e.From.User == req.Agent.User {
			return roles.DeskReply{Seq: e.Seq}, nil
		}
	}
	if len(events) == 0 {
		if missing := w.mustExist(ctx, req.Chat); missing != nil {
			return roles.DeskReply{}, missing
		}
	}
	return roles.DeskReply{}, w.movedOn(events, refusal(err, req.Agent))
}
