package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// A stream's leader that was deposed answers reads until it hears of that: for up
// to a second where a partition let the others elect a new one. It can store
// nothing any more, so whatever ends in an append is safe. What ends in none, a
// decision to stay silent or a page, needs evidence that who answered knows what
// the asker does. The log is the same everywhere as far as it goes: who has the
// event with that sequence has everything before it. See decision 0017.

// Head is a chat as a copy of its stream has it.
type Head struct {
	Snapshot        // Out is 0 where that event is no longer in the stream
	Input    uint64 // the sequence of the visitor's last event; 0 for none
}

var asking = backoff.Policy{Min: 20 * time.Millisecond, Max: 500 * time.Millisecond}

// ReadAtLeast reads a chat, at one moment, from any copy of its stream that has the
// stream at least up to seq, where an event of this chat is. It waits for one for
// some seconds at most; then, as where none answers, the error is ErrUnavailable.
// Of a chat that was purged to the end it knows nothing.
func (c *Conn) ReadAtLeast(ctx context.Context, id chat.ID, seq uint64) (Head, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for try := 1; ; try++ {
		events, end, err := c.direct(ctx, id, getRequest{MultiLast: []Subject{inSubject(id), outSubjects(id)}})
		if err != nil {
			return Head{}, fmt.Errorf("read what is known of chat %s: %w", id, err)
		}
		if end >= seq {
			return knownOf(events), nil
		}
		if end == 0 { // nothing: perhaps all of the chat was purged
			first, err := c.firstSeq(ctx, id)
			if err != nil {
				return Head{}, err
			}
			if first > seq {
				return Head{}, nil
			}
		}
		if asking.Wait(ctx, try) != nil {
			return Head{}, fmt.Errorf("%w: no copy of the stream knows event %d of chat %s", ErrUnavailable, seq, id)
		}
	}
}

func knownOf(events []chat.Event) (k Head) {
	for _, e := range events {
		switch {
		case !e.Out():
			k.Input = max(k.Input, e.Seq)
		case e.State != nil && e.Seq > k.Out:
			k.Snapshot = Snapshot{Out: e.Seq, State: *e.State}
		}
	}
	return k
}
