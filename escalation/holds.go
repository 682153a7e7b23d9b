package escalation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// fullError refuses a chat to an agent who has as many as they may have.
type fullError struct {
	agent         chat.Agent
	has, capacity int
}

func (e *fullError) Error() string {
	return fmt.Sprintf("%s has %d chats, and may have %d", e.agent.Name, e.has, e.capacity)
}

var (
	holding = backoff.Policy{Min: 2 * time.Millisecond, Max: 100 * time.Millisecond}
	// pendingTime is how long somebody who finds an agent full waits for what is only
	// reserved: the append that it is reserved for is either stored or refused in a moment.
	pendingTime = time.Second
	// givingBack bounds the time to give a place back: a chat that ended does not wait for it.
	givingBack = 2 * time.Second
)

// reserve gives the agent a place for the chat whose state is s: it must be called before the
// append that is guarded by s and makes the chat theirs, and holds for that append only. However
// many replicas do so at once, an agent never has more places than their capacity.
//
// That an agent is full is never said on a read that may be old: the chats of all places are
// looked at, and what is found to be free is given back first.
func (w *Worker) reserve(ctx context.Context, agent chat.Agent, id chat.ID, s bus.Snapshot) error {
	most, err := w.capacityOf(ctx, agent.User)
	if err != nil {
		return err
	}
	var since time.Time
	for try := 1; ; try++ {
		have, revision, err := w.readHolds(ctx, agent.User)
		if err != nil {
			return err
		}
		next, changed, ok := have.Reserve(id, s.Out, most, w.now())
		if !ok {
			var pending bool
			if next, pending, err = w.checkHolds(ctx, agent.User, have); err != nil {
				return err
			}
			if changed = len(next) < len(have); !changed {
				if since.IsZero() {
					since = time.Now()
				}
				if !pending || time.Since(since) > pendingTime {
					return &fullError{agent, len(have), most}
				}
			}
		}
		if changed {
			err = w.writeHolds(ctx, agent.User, next, revision)
		}
		if ok && err == nil {
			return nil
		}
		if err != nil && !errors.Is(err, bus.ErrConflict) {
			return fmt.Errorf("reserve a place of %s: %w", agent.User, err)
		}
		if holding.Wait(ctx, try) != nil {
			return fmt.Errorf("reserve a place of %s: %w", agent.User, errors.Join(ctx.Err(), bus.ErrUnavailable))
		}
	}
}

// full reports that the agent has as many chats as they may have; nil: there is room for one more.
// Somebody else may take it: reserve decides.
func (w *Worker) full(ctx context.Context, agent chat.Agent) (*fullError, error) {
	most, err := w.capacityOf(ctx, agent.User)
	if err != nil {
		return nil, err
	}
	have, _, err := w.readHolds(ctx, agent.User)
	if err == nil && len(have) >= most {
		have, _, err = w.checkHolds(ctx, agent.User, have)
	}
	if err != nil || len(have) < most {
		return nil, err
	}
	return &fullError{agent, len(have), most}, nil
}

// checkHolds returns the places that are of use, and whether one of them is only reserved yet.
func (w *Worker) checkHolds(ctx context.Context, user string, have desk.Holds) (of desk.Holds, pending bool, err error) {
	for _, one := range have {
		s, err := w.conn.Last(ctx, one.Chat)
		if err != nil {
			return nil, false, fmt.Errorf("look at a chat of %s: %w", user, err)
		}
		use := one.Use(user, s, w.now())
		pending = pending || use == desk.Pending
		if use != desk.Stale {
			of = append(of, one)
		}
	}
	return of, pending, nil
}

// release gives back the agent's place for the chat if it is of no use in that state, which must
// be one that the chat had. Whatever keeps it from doing so, a later look finds the place.
func (w *Worker) release(ctx context.Context, user string, id chat.ID, s bus.Snapshot) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), givingBack)
	defer cancel()
	for try := 1; ; try++ {
		have, revision, err := w.readHolds(ctx, user)
		if err == nil {
			one, is := have.Of(id)
			if !is || one.Use(user, s, w.now()) != desk.Stale {
				return
			}
			if err = w.writeHolds(ctx, user, have.Without(id), revision); err == nil {
				w.assignNow()
				return
			}
		}
		if !errors.Is(err, bus.ErrConflict) || holding.Wait(ctx, try) != nil {
			w.log.Debug().Err(err).Str("agent", user).Str("chat", string(id)).Msg("an agent's place is not given back yet")
			return
		}
	}
}

// hold notes that the agent has a chat for which no place was reserved: by a replica of an
// earlier version, or before the bucket was restored. That may be more than the capacity.
func (w *Worker) hold(ctx context.Context, user string, id chat.ID, s bus.Snapshot) error {
	have, revision, err := w.readHolds(ctx, user)
	if err != nil {
		return err
	}
	if one, is := have.Of(id); is && one.Use(user, s, w.now()) == desk.Kept {
		return nil
	}
	return w.writeHolds(ctx, user, have.With(desk.Hold{Chat: id, Seq: s.Out, At: w.now()}), revision)
}

// readHolds reads an agent's places; what it returns may be old, which the write finds out.
func (w *Worker) readHolds(ctx context.Context, user string) (desk.Holds, uint64, error) {
	have, revision, err := w.holds.Get(ctx, desk.HoldsKey(user))
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return nil, 0, err
	}
	if err == nil {
		w.held.put(user, have, revision)
	}
	return have, revision, nil
}

func (w *Worker) writeHolds(ctx context.Context, user string, next desk.Holds, revision uint64) error {
	if next == nil {
		next = desk.Holds{} // null would be an entry of the desk
	}
	revision, err := w.holds.Update(ctx, desk.HoldsKey(user), next, revision)
	if err == nil {
		w.held.put(user, next, revision)
	}
	return err
}

// capacityOf returns how many chats of this region the agent may have at once.
func (w *Worker) capacityOf(ctx context.Context, user string) (int, error) {
	s, known := w.mirror.Duty(user)
	if !known {
		var err error
		s, _, err = w.duties.Get(ctx, desk.DutyKey(user))
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return 0, fmt.Errorf("read the capacity of %s: %w", user, err)
		}
	}
	return w.capacity(user, s) - w.mirror.Elsewhere(user), nil
}

// capacity is desk.Capacity with the teams and the number for all that this replica knows.
func (w *Worker) capacity(user string, s desk.Duty) int {
	return desk.Capacity(s, w.teams.Now().Capacity(user), w.opts.Capacity)
}
