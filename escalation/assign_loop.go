package escalation

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// assignUntil assigns waiting chats to agents whenever the desk or the set of
// agents online changes, until the context ends.
//
// Replicas see the same buckets and decide alike, so for one chat they either agree
// or the second one is refused. While their views differ, for some milliseconds, an
// agent may be assigned one chat above the capacity by two of them; that is
// accepted.
func (w *Worker) assignUntil(ctx context.Context) error {
	former := formerAgents{worker: w, known: map[chat.ID]formerAgent{}}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.mirror.Changed():
		}
		if _, ok := w.mirror.SyncedSince(); !ok {
			continue
		}
		set := w.teams.Now().Set
		waiting := w.assignable(set, w.mirror.Entries(chat.Waiting))
		former.keep(waiting)
		for _, a := range desk.Assign(waiting, w.mirror.Candidates(), w.opts.Capacity, set.Servings(w.available()).May, former.of(ctx)) {
			if !w.assign(ctx, a) {
				break
			}
		}
	}
}

// assign stores an assignment. It returns false if it found the mirror out of date and
// corrected it: the other assignments rest on that view, too, and are to be worked out
// again.
func (w *Worker) assign(ctx context.Context, a desk.Assignment) bool {
	var now bus.Snapshot
	e, err := w.change(ctx, a.Entry.Chat, 0, func(v view) (transition, error) {
		now = v.Snapshot
		// It may have been passed on since, by that very agent.
		if v.Out != a.Entry.Seq {
			return transition{}, errNoChange
		}
		return transition{reason: chat.Assigned, by: a.Agent}, nil
	})
	switch {
	case err == nil: // counts from now on, before the bucket reports it
		w.show(a.Entry.Chat, bus.Snapshot{Out: e.Seq, State: *e.State})
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

// of returns the function that desk.Assign asks whom to exclude.
func (f formerAgents) of(ctx context.Context) func(desk.Entry) (user string, known bool) {
	return func(e desk.Entry) (string, bool) {
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
