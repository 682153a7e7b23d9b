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
	return w.projectWith(ctx, id, seq, w.conn.StreamCard)
}

// projectWith is project with the read that gives the chat's card. The stream's is enough
// where a chat must be listed at once, whether or not the store can be reached: a card that was
// purged changes no entry, and an entry that has no tags since then gets them in a repair.
func (w *Worker) projectWith(ctx context.Context, id chat.ID, seq uint64, read cardReader) (bus.Snapshot, error) {
	now, err := w.stateSince(ctx, id, seq)
	if err != nil {
		return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
	}
	t, err := w.tagsOf(ctx, id, now, read)
	if err != nil {
		return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
	}
	for {
		err := w.writeEntry(ctx, id, now, t)
		conflict := errors.Is(err, bus.ErrConflict)
		if err != nil && !conflict {
			return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
		}
		was, had := now, t
		if now, err = w.stateSince(ctx, id, seq); err == nil {
			t, err = w.tagsOf(ctx, id, now, read)
		}
		if err != nil {
			return bus.Snapshot{}, fmt.Errorf("project chat %s: %w", id, err)
		}
		written, listed := entryOf(id, was, had)
		is, shouldBe := entryOf(id, now, t)
		if !t.known {
			written.Tags, is.Tags = nil, nil
		}
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

// cardReader reads a chat's card, or returns ErrNotFound.
type cardReader func(context.Context, chat.ID) (chat.Card, uint64, error)

// tags are those of a chat, if they are known: otherwise they are as they were.
type tags struct {
	of    []string
	known bool
}

// listedTags is how many tags an entry has at most: every console is sent every entry.
const listedTags = 10

// tagsOf reads the tags of a chat that the desk lists.
func (w *Worker) tagsOf(ctx context.Context, id chat.ID, s bus.Snapshot, read cardReader) (tags, error) {
	if _, listed := desk.EntryOf(id, s); !listed {
		return tags{}, nil
	}
	card, _, err := read(ctx, id)
	if errors.Is(err, bus.ErrNotFound) {
		return tags{}, nil
	}
	return tags{card.Tags[:min(len(card.Tags), listedTags)], err == nil}, err
}

// entryOf is the desk's entry of a chat with that state and those tags.
func entryOf(id chat.ID, s bus.Snapshot, t tags) (e desk.Entry, listed bool) {
	e, listed = desk.EntryOf(id, s)
	e.Tags = t.of
	return e, listed
}

// writeEntry writes or deletes the entry unless it is right already. ErrConflict:
// another replica wrote meanwhile.
func (w *Worker) writeEntry(ctx context.Context, id chat.ID, s bus.Snapshot, t tags) error {
	want, listed := entryOf(id, s, t)
	have, revision, err := w.desk.Get(ctx, string(id))
	absent := errors.Is(err, bus.ErrNotFound)
	if !t.known {
		want.Tags = have.Tags
	}
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
