package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// A stream's leader that was voted out goes on answering reads until it hears of
// that: for up to a second after a partition let the others elect a new one. It can
// store nothing any more, so whatever ends in an append is safe. What ends in none (a
// decision to stay silent, a refusal, a page) needs evidence that the copy that
// answered has what the asker knows. All copies of a stream have the same log as far
// as they go, so one that has the event with that sequence has everything before it.
// See decision 0017.

// ErrStale is ErrUnavailable for a read from a copy of a stream that is behind.
var ErrStale = fmt.Errorf("%w: the copy of the stream that answered is behind", ErrUnavailable)

// staleTime is how long a stale leader is waited for, and staleRetry how long between
// reads.
const staleTime = 1500 * time.Millisecond

var staleRetry = backoff.Policy{Min: 20 * time.Millisecond, Max: 250 * time.Millisecond}

// AtLeast returns what read returns once that includes the event seq of the chat,
// which the caller knows of (0: none). read says up to which sequence what it read
// goes; math.MaxUint64 where more would change nothing, since what is missing was
// purged, say. It is called again, with pauses, for as long as a stale leader may
// answer. After that AtLeast returns what was read last, with ErrStale. An error of
// read ends it at once.
func AtLeast[T any](ctx context.Context, id chat.ID, seq uint64, read func() (got T, through uint64, err error)) (T, error) {
	limit, cancel := context.WithTimeout(ctx, staleTime)
	defer cancel()
	for try := 1; ; try++ {
		got, through, err := read()
		if err != nil || through >= seq {
			return got, err
		}
		if staleRetry.Wait(limit, try) != nil {
			return got, fmt.Errorf("%w: it does not have event %d of chat %s", ErrStale, seq, id)
		}
	}
}

// Head is the end of a chat, as one copy of its stream has it.
type Head struct {
	Snapshot        // Out is 0 where that event is no longer in the stream
	Input    uint64 // the sequence of the visitor's last event; 0 for none
}

// ReadAtLeast reads the head of a chat, at one moment, from any copy of its stream
// that has the stream up to seq at least, the sequence of an event of this chat. The
// error is ErrStale if no copy does, or wraps ErrUnavailable if none answers. Once all
// of the chat up to there was purged the head is empty.
func (c *Conn) ReadAtLeast(ctx context.Context, id chat.ID, seq uint64) (Head, error) {
	if err := c.Knows(id); err != nil {
		return Head{}, err
	}
	h, err := c.readAtLeast(ctx, id, seq)
	h.Snapshot = c.settled(id, h.Snapshot)
	return h, err
}

func (c *Conn) readAtLeast(ctx context.Context, id chat.ID, seq uint64) (Head, error) {
	return AtLeast(ctx, id, seq, func() (Head, uint64, error) {
		events, end, err := c.direct(ctx, id, getRequest{MultiLast: []Subject{c.at(id, inSubjects(id)), c.at(id, outSubjects(id))}})
		if err != nil {
			return Head{}, 0, fmt.Errorf("read the head of chat %s: %w", id, err)
		}
		if end == 0 { // nothing: perhaps all of the chat was purged
			first, err := c.firstSeq(ctx, id)
			return Head{}, max(first, 1) - 1, err
		}
		return headOf(events), end, nil
	})
}

func headOf(events []chat.Event) (h Head) {
	for _, e := range events {
		switch {
		case e.State != nil: // whatever the kind: a guarded append must expect it
			if e.Seq > h.Out {
				h.Snapshot = Snapshot{Out: e.Seq, State: *e.State}
			}
		case e.Kind.IsInput():
			h.Input = max(h.Input, e.Seq)
		}
	}
	return h
}
