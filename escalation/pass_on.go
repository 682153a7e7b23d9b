package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// passOn gives the agent's chat to another one who can take it, or puts it into the line of a
// team, with a note if the call has one. A chat that waits goes from one line into another, by
// whichever agent.
//
// The note is stored first, once everything else was found to be possible: so whoever gets
// the chat finds it there, and a replica that dies in between leaves a chat that its agent
// still has, and a note. The gateway repeats the call with its id: then the note is not
// stored twice, and the chat is passed on. If the chat moves on in that moment, the note
// stays, as one of any agent would, and the refusal says so.
func (w *Worker) passOn(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	words, err := checkGiving(&req, rights.Answer)
	if err != nil {
		return roles.DeskReply{}, err
	}
	to := transition{reason: chat.PassedOn, by: req.Agent, to: req.To, id: ownID(req)}
	if req.Team != "" {
		to.reason, to.team = chat.Transferred, req.Team
	}
	step := chat.Step{Kind: chat.StateChange, Reason: to.reason, By: req.Agent, To: req.To, Team: req.Team, At: w.now()}
	now, err := w.conn.Last(ctx, req.Chat)
	if err != nil {
		return roles.DeskReply{}, fmt.Errorf("pass on chat %s: %w", req.Chat, err)
	}
	if _, err := now.State.Apply(step); err != nil {
		return w.unlessDone(ctx, req, inLineAlready(err))
	}
	switch req.Team {
	case "":
		err = w.checkReceiver(ctx, req.To, orPassOn)
	case chat.NoTeam: // the line of everybody
	default:
		to.team, to.called, err = w.teamThere(req.Team)
	}
	if err != nil {
		return w.unlessDone(ctx, req, err)
	}
	if words != "" {
		if err := w.sendAlong(ctx, req, words); err != nil {
			return roles.DeskReply{}, fmt.Errorf("pass on: %w", err)
		}
	}
	e, err := w.change(ctx, req.Chat, 0, w.giving(to, req.To, orPassOn))
	if err != nil {
		reply, err := w.unlessDone(ctx, req, inLineAlready(err))
		if words != "" {
			err = keptAlong(err)
		}
		return reply, err
	}
	return roles.DeskReply{Seq: e.Seq}, nil
}

// What else can be done with a chat that somebody can't be given.
const (
	orPassOn = "Pass the chat on to someone else, or return it to the queue."
	orAssign = "Choose someone else, or leave it in the queue."
)

// giving decides once more, when the change is made, whether whoever is to get the chat is there (or
// the team is): they may have gone since that was found, and while a note was stored. How many chats
// they have is the reservation's to say.
func (w *Worker) giving(to transition, who chat.Agent, orElse string) func(view) (transition, error) {
	return func(view) (transition, error) {
		var err error
		switch {
		case who.User != "":
			err = w.checkThere(who, orElse)
		case to.team != chat.NoTeam:
			to.team, to.called, err = w.teamThere(to.team)
		}
		return to, err
	}
}

// inLineAlready is why a chat is not passed on.
func inLineAlready(err error) error {
	if errors.Is(err, chat.ErrUnchanged) {
		return &bus.Refusal{Code: codes.NotAvailable, Message: "This chat is in that line already."}
	}
	return fmt.Errorf("pass on: %w", err)
}

// assignTo gives a waiting chat to an agent who can take it.
func (w *Worker) assignTo(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	if _, err := checkGiving(&req, rights.Assign); err != nil {
		return roles.DeskReply{}, err
	}
	if err := w.checkReceiver(ctx, req.To, orAssign); err != nil {
		return w.unlessDone(ctx, req, err)
	}
	return w.doneAs(ctx, req, w.giving(transition{reason: chat.Assigned, by: req.To, giver: req.Agent, id: ownID(req)}, req.To, orAssign))
}

// takeOver takes a live chat from the agent who has it. That agent, and the visitor, read who
// did.
func (w *Worker) takeOver(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	if err := checkCall(req, rights.TakeOver); err != nil {
		return roles.DeskReply{}, err
	}
	return w.done(ctx, req, transition{reason: chat.TakenOver, by: req.Agent, id: ownID(req)})
}

// done makes a change that a call asks for, once.
func (w *Worker) done(ctx context.Context, req roles.DeskRequest, to transition) (roles.DeskReply, error) {
	return w.doneAs(ctx, req, func(view) (transition, error) { return to, nil })
}

// doneAs is done for a change that is decided on what the chat is.
func (w *Worker) doneAs(ctx context.Context, req roles.DeskRequest, want func(view) (transition, error)) (roles.DeskReply, error) {
	var reason chat.Reason
	e, err := w.change(ctx, req.Chat, 0, func(v view) (transition, error) {
		if v.empty() {
			return transition{}, notFound()
		}
		to, err := want(v)
		reason = to.reason
		return to, err
	})
	if errors.Is(err, chat.ErrUnchanged) {
		return roles.DeskReply{}, nil
	}
	if err != nil {
		return w.unlessDone(ctx, req, fmt.Errorf("%s: %w", reason, err))
	}
	return roles.DeskReply{Seq: e.Seq}, nil
}

// checkGiving is checkCall for a call that gives a chat to somebody. It returns the text, as a
// note has it, or "".
func checkGiving(req *roles.DeskRequest, act rights.Act) (words string, err error) {
	if err := checkCall(*req, act); err != nil {
		return "", err
	}
	if (req.To.User == "" || req.To.Name == "") && req.Team == "" {
		return "", &bus.Refusal{Code: codes.BadText, Message: "This call does not say who gets the chat."}
	}
	if req.Text == "" {
		return "", nil
	}
	return checkText(*req, act)
}

// teamThere returns a team's id and name, or of the one that has its chats now, or refuses one
// that is not there.
func (w *Worker) teamThere(asked string) (id, name string, err error) {
	if t, ok := w.teams.Now().Of(asked); ok {
		return t.ID, t.Name, nil
	}
	return "", "", &bus.Refusal{Code: codes.NotAvailable, Message: "That team isn’t there any more. Choose another one, or return the chat to the queue."}
}

// checkReceiver refuses an agent who can't be given a chat now, with a sentence that says why, and
// what else can be done.
func (w *Worker) checkReceiver(ctx context.Context, to chat.Agent, orElse string) error {
	if err := w.checkThere(to, orElse); err != nil {
		return err
	}
	full, err := w.full(ctx, to)
	if full != nil {
		return cantGet(to, fmt.Sprintf(" has %d of %d chats already.", full.has, full.capacity), orElse)
	}
	return err
}

func cantGet(to chat.Agent, why, orElse string) error {
	return &bus.Refusal{Code: codes.NotAvailable, Message: to.Name + why + " " + orElse}
}

// checkThere is checkReceiver but for how many chats they have.
func (w *Worker) checkThere(to chat.Agent, orElse string) error {
	_, is, known := w.mirror.Availability(to.User)
	switch {
	case !known:
		return fmt.Errorf("%w: who is available is not read yet", bus.ErrUnavailable)
	case is == desk.Away:
		return cantGet(to, " is away.", orElse)
	case is == desk.Available:
		return nil
	}
	if seen := w.mirror.LastSeen(to.User); !seen.IsZero() && w.now().Sub(seen) < justLeft {
		return cantGet(to, " has just left.", orElse)
	}
	return cantGet(to, " isn’t online.", orElse)
}
