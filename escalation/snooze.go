package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// maxSnooze is how far ahead a chat may be snoozed.
	maxSnooze         = 366 * 24 * time.Hour
	snoozeTooFarText  = "A chat can be snoozed for a year at most."
	snoozeIsPastText  = "That time has passed. Choose a later one."
	maxSnoozed        = 200 // chats of one agent
	tooManyAsleepText = "You have 200 snoozed chats. Finish one of them first."
	wroteJustNowText  = "The visitor has just written. Read that first."
	notThereText      = " isn't here right now. You're back in line." // after the agent's name
)

// snooze lets an agent's chat rest: it stays theirs, takes none of their places, and wakes at its
// time, or as soon as the visitor writes. It replaces an earlier snooze.
//
// What the visitor wrote that the agent had not seen refuses it. What they write after that, be it
// a moment before the change is stored, wakes the chat: see wake.
func (w *Worker) snooze(ctx context.Context, req roles.DeskRequest) (roles.DeskReply, error) {
	if err := checkCall(req, rights.Answer); err != nil {
		return roles.DeskReply{}, err
	}
	if err := w.checkSnooze(req); err != nil {
		return w.unlessDone(ctx, req, err)
	}
	e, err := w.change(ctx, req.Chat, 0, func(v view) (transition, error) {
		if v.empty() {
			return transition{}, notFound()
		}
		if req.Seen != 0 && v.all().wrote > req.Seen {
			return transition{}, &bus.Refusal{Code: codes.Unseen, Message: wroteJustNowText}
		}
		owes := v.State.Asleep() && v.State.Owes
		if v.State.Is() == chat.Live && !v.State.Asleep() {
			_, owes = owedSince(v)
		}
		return transition{reason: chat.Snoozed, by: req.Agent, id: ownID(req), until: req.Until, owes: owes}, nil
	})
	if err != nil {
		return w.unlessDone(ctx, req, fmt.Errorf("snooze: %w", err))
	}
	return roles.DeskReply{Seq: e.Seq}, nil
}

// checkSnooze refuses a time to which no chat can be snoozed, and somebody's snoozed chats beyond
// all that they could come back to. How many those are is read from the desk, which may lag: it
// is there to keep the list within bounds.
func (w *Worker) checkSnooze(req roles.DeskRequest) error {
	switch now := w.now(); {
	case req.Until.IsZero():
	case !req.Until.After(now):
		return &bus.Refusal{Code: codes.BadTime, Message: snoozeIsPastText}
	case req.Until.After(now.Add(maxSnooze)):
		return &bus.Refusal{Code: codes.BadTime, Message: snoozeTooFarText}
	}
	asleep := 0
	for _, e := range w.mirror.Entries(chat.Live) {
		if e.Snoozed && e.Holder() == req.Agent.User && e.Chat != req.Chat {
			asleep++
		}
	}
	if asleep >= maxSnoozed {
		return &bus.Refusal{Code: codes.AtCapacity, Message: tooManyAsleepText}
	}
	return nil
}

// wake wakes a chat that is snoozed if its visitor wrote since, or if its time is not after due
// (zero: only the visitor's words count). If it is too early, again is the time at which it wakes.
//
// The agent gets it back who snoozed it, if they are available and have room. Else it goes into
// the line: somebody has to deal with it, and visitors who wrote must not wait for somebody who
// is not there.
func (w *Worker) wake(ctx context.Context, id chat.ID, seq uint64, due time.Time) (again time.Time, err error) {
	inLine := false
	for {
		_, err = w.change(ctx, id, seq, func(v view) (to transition, err error) {
			to, again, err = w.wakes(v, due)
			if err == nil && inLine {
				to.reason = chat.WokenInLine
			}
			return to, err
		})
		if _, full := errors.AsType[*fullError](err); full && !inLine {
			inLine = true
			continue
		}
		if err != nil && !refused(err) {
			return time.Time{}, fmt.Errorf("wake chat %s: %w", id, err)
		}
		return again, nil
	}
}

// wakes decides whether a chat wakes, and to whom.
func (w *Worker) wakes(v view, due time.Time) (to transition, again time.Time, err error) {
	if !v.State.Asleep() {
		return transition{}, time.Time{}, errNoChange
	}
	wrote := v.all().wrote > v.State.Snooze.Through
	if until := v.State.Until; !wrote {
		if until.IsZero() || due.IsZero() {
			return transition{}, time.Time{}, errNoChange
		}
		if due.Before(until) {
			return transition{}, until, errNoChange
		}
	}
	there, err := w.comesBack(v.State.Agent.User)
	to = transition{reason: chat.Woken, by: *v.State.Agent, owes: wrote}
	if !there {
		to.reason = chat.WokenInLine
	}
	return to, time.Time{}, err
}

// comesBack reports whether a chat that wakes goes to the agent who snoozed it: they are
// available, or were a moment ago. If they stay offline the chat goes into the line as any chat
// of somebody who vanished.
func (w *Worker) comesBack(user string) (bool, error) {
	_, is, known := w.mirror.Availability(user)
	if !known {
		return false, fmt.Errorf("%w: who is available is not read yet", bus.ErrUnavailable)
	}
	if is == desk.Offline {
		synced, _ := w.mirror.SyncedSince()
		return !w.absent(user, synced), nil
	}
	return is == desk.Available, nil
}
