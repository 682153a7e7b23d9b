package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// entryOf is the desk's entry of a chat with that state; false where it has none.
func entryOf(id chat.ID, s bus.Snapshot) (bus.DeskEntry, bool) {
	e := bus.DeskEntry{
		Chat: id, Name: s.State.Visitor, Status: s.State.Is(), Agent: s.State.Agent,
		Since: s.State.Since, Asked: s.State.Asked, Seq: s.Out,
	}
	return e, e.Status == chat.Waiting || e.Status == chat.Live
}

// sameEntry leaves the sequence out: an agent's words move it and nothing else.
func sameEntry(a, b bus.DeskEntry) bool {
	agents := (a.Agent == nil) == (b.Agent == nil) && (a.Agent == nil || *a.Agent == *b.Agent)
	return agents && a.Chat == b.Chat && a.Name == b.Name && a.Status == b.Status && a.Since.Equal(b.Since) && a.Asked.Equal(b.Asked)
}

// project makes the desk say what the chat is, and returns that.
//
// Replicas may do so for one chat at the same time, each with what it read some
// moments ago. None leaves a stale entry: after a write the state is read again,
// and only where it is what was written is the work done. So whoever writes last
// has read the last state after that write; and who dies in between is given the
// same delivery again. seq is of the change that was delivered, or 0: what does not
// know it is not what the chat is.
func (w *Worker) project(ctx context.Context, id chat.ID, seq uint64) (bus.Snapshot, error) {
	now, err := w.stateSince(ctx, id, seq)
	if err != nil {
		return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
	}
	for {
		err := w.writeEntry(ctx, id, now)
		conflict := errors.Is(err, bus.ErrConflict)
		if err != nil && !conflict {
			return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
		}
		was := now
		if now, err = w.stateSince(ctx, id, seq); err != nil {
			return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
		}
		written, listed := entryOf(id, was)
		is, shouldBe := entryOf(id, now)
		if !conflict && listed == shouldBe && (!listed || sameEntry(written, is)) {
			return now, nil
		}
		if err := ctx.Err(); err != nil {
			return bus.Snapshot{}, err
		}
	}
}

// stateSince reads the chat's state, at least as new as the event seq.
func (w *Worker) stateSince(ctx context.Context, id chat.ID, seq uint64) (bus.Snapshot, error) {
	return bus.AtLeast(ctx, id, seq, func() (bus.Snapshot, uint64, error) {
		now, err := w.conn.Last(ctx, id)
		return now, now.Out, err
	})
}

// writeEntry writes or deletes the entry where it is not so yet. ErrConflict:
// another replica wrote meanwhile.
func (w *Worker) writeEntry(ctx context.Context, id chat.ID, s bus.Snapshot) error {
	want, listed := entryOf(id, s)
	have, revision, err := w.desk.Get(ctx, string(id))
	absent := errors.Is(err, bus.ErrNotFound)
	switch {
	case err != nil && !absent:
		return err
	case !listed:
		if absent {
			// Most chats are closed without ever having been listed. (A replica
			// of the bucket that lags may hide an entry here: the sweep finds it.)
			return nil
		}
		return w.desk.Delete(ctx, string(id))
	case absent:
		_, err = w.desk.Create(ctx, string(id), want)
		return err
	case sameEntry(have, want):
		return nil
	}
	_, err = w.desk.Update(ctx, string(id), want, revision)
	return err
}
