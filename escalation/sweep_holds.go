package escalation

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

const (
	// freshHold is how long a place is left to whoever reserved it.
	freshHold = 2 * time.Second
	// finishAfter is when what somebody reserved and then did nothing with is done in their
	// place: they died, or their call will never be repeated.
	finishAfter = 10 * time.Second
)

// sweepHolds makes the agents' places match their chats. Usually they do, and nothing is read:
// whoever changes a chat gives its place back. What a crash left is found here.
//   - A place for a chat that is not the agent's is given back.
//   - A place that is still only reserved can't be: the append that it covers may be on its way. So
//     that append is made here, if it is still wanted: then the place is in use. Otherwise it stays
//     until the chat changes, which ends it.
//   - A chat without a place gets one.
func (w *Worker) sweepHolds(ctx context.Context) {
	all, ok := w.held.all()
	if _, synced := w.mirror.SyncedSince(); !ok || !synced {
		return
	}
	live := map[chat.ID]string{}
	for _, e := range w.mirror.Entries(chat.Live) {
		if user := e.Occupant(); user != "" {
			live[e.Chat] = user
		}
	}
	for user, of := range all {
		for _, one := range of {
			if live[one.Chat] != user && w.now().Sub(one.At) > freshHold {
				w.checkHold(ctx, user, one)
			}
		}
	}
	for id, user := range live {
		if _, has := all[user].Of(id); !has {
			w.checkHolder(ctx, user, id)
		}
	}
}

// checkHold looks at a place for a chat that is not listed as the agent's.
func (w *Worker) checkHold(ctx context.Context, user string, one desk.Hold) {
	s, err := w.conn.Last(ctx, one.Chat)
	if err != nil {
		w.log.Debug().Err(err).Str("chat", string(one.Chat)).Msg("could not look at a chat that an agent has a place for")
		return
	}
	switch one.Use(user, s, w.now()) {
	case desk.Stale:
		w.release(ctx, user, one.Chat, s)
	case desk.Pending:
		if w.now().Sub(one.At) > finishAfter {
			w.finish(ctx, user, one)
		}
	}
}

// finish gives the agent the chat that a place was reserved for, in the state in which it was.
func (w *Worker) finish(ctx context.Context, user string, one desk.Hold) {
	agent, ok := w.receiver(user)
	if !ok {
		return
	}
	_, err := w.change(ctx, one.Chat, 0, func(v view) (transition, error) {
		if v.Out != one.Seq {
			return transition{}, errNoChange
		}
		if v.State.Is() == chat.Waiting {
			if passedOn(ctx, w, one.Chat, v.Out) == user {
				return transition{}, errNoChange
			}
			return transition{reason: chat.Assigned, by: agent}, nil
		}
		if v.State.Asleep() { // whoever called to wake it never called again
			return transition{reason: chat.Woken, by: agent}, nil
		}
		return transition{reason: chat.SteppedIn, by: agent}, nil
	})
	if err == nil {
		w.log.Info().Str("chat", string(one.Chat)).Str("agent", user).Msg("gave an agent the chat that a place was reserved for")
	} else if !refused(err) {
		w.log.Debug().Err(err).Str("chat", string(one.Chat)).Msg("could not give an agent the chat that a place was reserved for")
	}
}

// passedOn returns the agent who may not be given the chat again; empty: there is none, or it
// can't be told.
func passedOn(ctx context.Context, w *Worker, id chat.ID, seq uint64) string {
	user, err := formerAgents{worker: w}.read(ctx, desk.Entry{Chat: id, Seq: seq})
	if err != nil {
		return ""
	}
	return user
}

// checkHolder looks at a chat that is listed as the agent's, who has no place for it.
func (w *Worker) checkHolder(ctx context.Context, user string, id chat.ID) {
	s, err := w.conn.Last(ctx, id)
	if err == nil && desk.Occupies(user, s.State) {
		err = w.hold(ctx, user, id, s)
	}
	if err != nil && !errors.Is(err, bus.ErrConflict) { // of a conflict the next sweep sees what comes
		w.log.Debug().Err(err).Str("chat", string(id)).Msg("could not record the place of a chat")
	}
}

// releaseOthers gives back what agents have reserved for a chat that is not theirs in that state.
func (w *Worker) releaseOthers(ctx context.Context, id chat.ID, s bus.Snapshot) {
	for _, user := range w.held.holders(id) {
		if !desk.Occupies(user, s.State) {
			w.release(ctx, user, id, s)
		}
	}
}
