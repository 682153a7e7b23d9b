package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// AppendNoteOnce stores a note for agents under its id once, however late it is written again:
// not only within the ten minutes in which the stream knows the id by itself. after is the
// sequence of an event of the chat that the note can't come before. What is written is guarded
// by the chat's last note, so two who write the same one at once store one.
//
// On an error it is unknown whether the note was stored; the next call sees it if it was.
func (c *Conn) AppendNoteOnce(ctx context.Context, note chat.Event, after uint64) (Stored, error) {
	if note.Kind.Leaf() != chat.LeafInternal || note.ID == "" {
		return Stored{}, Permanent(fmt.Errorf("append to chat %s: a %s with the id %q is no note to be stored once", note.Chat, note.Kind, note.ID))
	}
	for {
		if c.opts.Region != "" {
			if err := c.movedAway(ctx, note.Chat); err != nil {
				return Stored{}, err
			}
		}
		last, there, err := c.noteSince(ctx, note, after)
		if err != nil {
			return Stored{}, fmt.Errorf("look for note %s of chat %s: %w", note.ID, note.Chat, err)
		}
		if there != 0 {
			return Stored{Seq: there, Duplicate: true}, nil
		}
		a, err := c.eventAppend(ctx, note)
		if err != nil {
			return Stored{}, err
		}
		a.once = appendTime(2)
		a.set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(last, 10)) // the subject is the message's own
		stored, err := c.publisher.wait(a)
		if !errors.Is(err, ErrConflict) || ctx.Err() != nil {
			return stored, err
		}
	}
}

// noteSince returns the sequence of the chat's last note, and that of the note with the same
// author and id among those after the event after; 0 for none.
func (c *Conn) noteSince(ctx context.Context, note chat.Event, after uint64) (last, there uint64, err error) {
	e, err := c.leaderGet(ctx, note.Chat, getRequest{LastFor: c.at(note.Chat, internalSubject(note.Chat))})
	if errors.Is(err, ErrNotFound) {
		return 0, 0, nil
	}
	if err != nil || e.Seq <= after {
		return e.Seq, 0, err
	}
	last = e.Seq
	for more := true; more; {
		var part []chat.Event
		if part, more, err = c.readAfter(ctx, note.Chat, c.at(note.Chat, internalSubject(note.Chat)), after); err != nil {
			return 0, 0, err
		}
		for _, e := range part {
			if e.ID == note.ID && e.From.Role == note.From.Role && e.From.User == note.From.User {
				return last, e.Seq, nil
			}
			last, after = max(last, e.Seq), e.Seq
		}
		more = more && len(part) > 0
	}
	return last, 0, nil
}
