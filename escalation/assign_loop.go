package escalation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

const (
	// reservedFor is how long a chat is left to the replica that reserved a place for it.
	reservedFor = 2 * time.Second
	// othersWait is how long a replica waits at most, and half of it at least, that hears of a
	// change from others: whoever caused the change knows of it first, and looks at once. All would
	// only be refused, and have NATS do everything three times.
	othersWait = 60 * time.Millisecond
	// assigningAtOnce is how many chats a replica gives to agents at once.
	assigningAtOnce = 8
)

// assignNow has this replica look at once whether a chat can be assigned: it gave a place back,
// or put a chat into the queue. It never blocks.
func (w *Worker) assignNow() {
	select {
	case w.urgent <- struct{}{}:
	default:
	}
}

// assignUntil assigns waiting chats to agents whenever the desk, the agents' places or the set of
// agents who are available changes, until the context ends.
//
// All replicas do. Two that assign one chat are told apart by the chat's stream, and two that
// give chats to one agent by the agent's places: so no replica need know of the others.
func (w *Worker) assignUntil(ctx context.Context) error {
	former := formerAgents{worker: w, known: map[chat.ID]formerAgent{}}
	pause := backoff.Policy{Min: othersWait, Max: othersWait}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.urgent:
		case <-w.mirror.Changed():
			w.others(ctx, pause.Delay(1))
		}
		if _, ok := w.mirror.SyncedSince(); !ok {
			continue
		}
		w.assignAll(ctx, former)
	}
}

// others waits for so long, or until this replica has to look at once.
func (w *Worker) others(ctx context.Context, wait time.Duration) {
	enough := time.NewTimer(wait)
	defer enough.Stop()
	select {
	case <-ctx.Done():
	case <-enough.C:
	case <-w.urgent:
	}
}

// assignAll gives agents what waits, as far as they have room.
func (w *Worker) assignAll(ctx context.Context, former formerAgents) {
	set := w.teams.Now().Set
	waiting := w.assignable(set, w.mirror.Entries(chat.Waiting))
	former.keep(waiting)
	since := w.now().Add(-reservedFor)
	waiting = slices.DeleteFunc(waiting, func(e desk.Entry) bool { return w.held.reserving(e.Chat, e.Seq, since) })
	var stale atomic.Bool // the view that the assignments rest on
	var g errgroup.Group
	g.SetLimit(assigningAtOnce)
	for _, a := range desk.Assign(waiting, w.candidates(), former.may(ctx, set.Servings(w.available()))) {
		g.Go(func() error {
			if !stale.Load() && !w.assign(ctx, a) {
				stale.Store(true)
			}
			return nil
		})
	}
	_ = g.Wait()
}

// candidates are the agents who are available, with their places.
func (w *Worker) candidates() []desk.Candidate {
	list := w.mirror.Candidates()
	for i, c := range list {
		s, _ := w.mirror.Duty(c.Agent.User)
		list[i].Open = w.held.count(c.Agent.User)
		list[i].Capacity = w.capacity(c.Agent.User, s) - w.mirror.Elsewhere(c.Agent.User)
	}
	return list
}

// assign stores an assignment. It returns false if it found the mirror out of date and
// corrected it: the other assignments rest on that view, too, and are to be worked out
// again.
func (w *Worker) assign(ctx context.Context, a desk.Assignment) bool {
	var now bus.Snapshot
	var full *fullError
	e, err := w.change(ctx, a.Entry.Chat, 0, func(v view) (transition, error) {
		now = v.Snapshot
		// It may have been passed on since, by that very agent.
		if v.Out != a.Entry.Seq {
			return transition{}, errNoChange
		}
		if _, ok := w.receiver(a.Agent.User); !ok { // has just gone
			return transition{}, errNoChange
		}
		return transition{reason: chat.Assigned, by: a.Agent}, nil
	})
	switch {
	case err == nil: // counts from now on, before the bucket reports it
		w.show(a.Entry.Chat, bus.Snapshot{Out: e.Seq, State: *e.State})
	case errors.As(err, &full): // others gave them chats meanwhile, which is known from now on
		w.mirror.Notify()
		return false
	case refused(err) && now.Out > a.Entry.Seq:
		w.show(a.Entry.Chat, now)
		return false
	case refused(err): // by a stale leader, perhaps: the mirror may know better
	default:
		w.log.Warn().Str("chat", string(a.Entry.Chat)).Err(err).Msg("could not assign a chat, trying again")
	}
	return true
}

// show has the mirror show a chat's state, which is newer than the one that the
// assignment was made for.
func (w *Worker) show(id chat.ID, s bus.Snapshot) {
	if entry, listed := desk.EntryOf(id, s); listed {
		w.mirror.List(entry)
	} else {
		w.mirror.Unlist(id)
	}
}

// formerAgents knows for waiting chats which agent passed them on or didn't answer
// in time. A chat is not assigned to that agent again (who may still take it). It
// belongs to one goroutine.
type formerAgents struct {
	worker *Worker
	known  map[chat.ID]formerAgent
}

type formerAgent struct {
	seq  uint64 // of the change that put the chat into the queue
	user string
}

// keep forgets chats that no longer wait.
func (f formerAgents) keep(waiting []desk.Entry) {
	wait := make(map[chat.ID]bool, len(waiting))
	for _, e := range waiting {
		wait[e.Chat] = true
	}
	for id := range f.known {
		if !wait[id] {
			delete(f.known, id)
		}
	}
}

// may returns the function that desk.Assign asks who may be given a chat.
func (f formerAgents) may(ctx context.Context, teams *teams.Servings) desk.May {
	return func(e desk.Entry) (func(user string) bool, bool) {
		former, known := f.of(ctx, e)
		return func(user string) bool { return user != former && teams.May(e.Team, user) }, known
	}
}

// of returns who may not be given the chat; empty: there is nobody.
func (f formerAgents) of(ctx context.Context, e desk.Entry) (user string, known bool) {
	if k, ok := f.known[e.Chat]; ok && k.seq == e.Seq {
		return k.user, true
	}
	user, err := f.read(ctx, e)
	if err != nil {
		f.worker.log.Warn().Str("chat", string(e.Chat)).Err(err).Msg("could not read which agent passed a chat on")
		return "", false
	}
	f.known[e.Chat] = formerAgent{e.Seq, user}
	return user, true
}

// read looks at the change that put the chat into the queue.
func (f formerAgents) read(ctx context.Context, e desk.Entry) (string, error) {
	if e.Seq == 0 {
		return "", nil // purged: too long ago to matter
	}
	tail, err := f.worker.conn.TailPart(ctx, e.Chat, e.Seq-1, chat.RoleVisitor) // the first event is enough
	if err != nil {
		return "", fmt.Errorf("read change %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	if len(tail.Events) > 0 && tail.Events[0].Seq == e.Seq {
		switch first := tail.Events[0]; first.Reason {
		case chat.Transferred, chat.NoAnswer:
			return first.From.User, nil
		}
	}
	return "", nil
}
