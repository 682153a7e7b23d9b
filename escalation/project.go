package escalation

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// project makes the desk's entry of a chat match the chat's state, and returns the
// state.
//
// Replicas may do so for one chat at the same time, each with what it read some
// moments ago. None leaves a stale entry: after a write the state is read again, and
// the work is only done if it is what was written. So whoever writes last has read
// the last state after that write; and if that replica dies in between, another one
// is given the same delivery. seq is of the change that was delivered, or 0: a state
// that does not include it is not the chat's.
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
		written, listed := desk.EntryOf(id, was)
		is, shouldBe := desk.EntryOf(id, now)
		if !conflict && listed == shouldBe && (!listed || written.Same(is)) {
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

// writeEntry writes or deletes the entry unless it is right already. ErrConflict:
// another replica wrote meanwhile.
func (w *Worker) writeEntry(ctx context.Context, id chat.ID, s bus.Snapshot) error {
	want, listed := desk.EntryOf(id, s)
	have, revision, err := w.desk.Get(ctx, string(id))
	absent := errors.Is(err, bus.ErrNotFound)
	switch {
	case err != nil && !absent:
		return err
	case !listed:
		if absent {
			// Most chats are closed without ever having been listed. (A replica of
			// the bucket that lags may hide an entry here: the sweep finds it.)
			return nil
		}
		return w.desk.Delete(ctx, string(id))
	case absent:
		_, err = w.desk.Create(ctx, string(id), want)
		return err
	case have.Same(want):
		return nil
	}
	_, err = w.desk.Update(ctx, string(id), want, revision)
	return err
}
