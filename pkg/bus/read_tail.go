package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
)

// Tail is what a stream holds of a chat after some sequence.
type Tail struct {
	Events []chat.Event // ascending
	// More is set if only a part of the tail was read.
	More bool
	// Whole is false if events after that sequence may have been purged from the
	// stream; they are in the store then.
	Whole bool
}

// readBatch is how many messages one direct get requests.
const readBatch = 256

// maxPart is roughly how many bytes of text a part of a tail holds.
const maxPart = 2 << 20

// TailOf reads the chat's events with a sequence above after that are stored where
// the reader's are. It contains everything that the stream had acknowledged when it
// was called, even if a lagging replica served part of it. Among the events may be
// some of a kind that is unknown here: ask chat.Kind.VisibleTo before showing any.
func (c *Conn) TailOf(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (Tail, error) {
	whole, err := c.TailPart(ctx, id, after, reader)
	for part := whole; part.More && err == nil; {
		part, err = c.TailPart(ctx, id, part.Events[len(part.Events)-1].Seq, reader)
		whole.Events = append(whole.Events, part.Events...)
		whole.Whole = whole.Whole && part.Whole
	}
	whole.More = false
	return whole, err
}

// TailPart is TailOf with bounded memory: it reads a few megabytes at most, and sets
// More if there is more.
func (c *Conn) TailPart(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (Tail, error) {
	subjects := c.atAll(id, readerSubjects(id, reader))
	t, end := Tail{}, uint64(math.MaxUint64)
	if len(subjects) > 1 {
		// The subjects are read one after the other, and more arrives meanwhile: a
		// note could be read without the reply before it. Whatever was stored before
		// the first read is in all of them.
		last, err := c.LastSeq(ctx, id, reader)
		if err != nil {
			return Tail{}, err
		}
		end = last
	}
	for _, subject := range subjects {
		events, more, err := c.readAfter(ctx, id, subject, after)
		if err != nil {
			return Tail{}, fmt.Errorf("read chat %s after %d: %w", id, after, err)
		}
		if more {
			t.More, end = true, min(end, events[len(events)-1].Seq)
		}
		t.Events = append(t.Events, events...)
	}
	slices.SortFunc(t.Events, func(a, b chat.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	// If one subject was not read to the end, nothing after that point counts.
	t.Events = slices.DeleteFunc(t.Events, func(e chat.Event) bool { return e.Seq > end })
	t.More = t.More && len(t.Events) > 0
	// Checked last: what was purged during the read must count, too.
	first, err := c.firstSeq(ctx, id)
	t.Whole = after+1 >= first
	return t, err
}

// readAfter reads the events on one subject up to what the leader has now, or until there
// is enough for a part.
func (c *Conn) readAfter(ctx context.Context, id chat.ID, subject Subject, after uint64) (events []chat.Event, more bool, err error) {
	last, err := c.leaderGet(ctx, id, getRequest{LastFor: subject})
	if errors.Is(err, ErrNotFound) || err == nil && last.Seq <= after {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	size := 0
	for at := after; at < last.Seq; {
		if size > maxPart {
			return events, true, nil
		}
		batch, err := c.directBatch(ctx, id, subject, at+1)
		if err != nil {
			return nil, false, err
		}
		if len(batch) == 0 { // from a lagging replica: the leader has it
			e, err := c.leaderGet(ctx, id, getRequest{Seq: at + 1, NextFor: subject})
			if errors.Is(err, ErrNotFound) { // purged during the read
				break
			}
			if err != nil {
				return nil, false, err
			}
			batch = append(batch, e)
		}
		for _, e := range batch {
			size += len(e.Text)
		}
		events = append(events, batch...)
		at = batch[len(batch)-1].Seq
	}
	return events, false, nil
}
