package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
)

// GuardedAppend appends one event in the system's name. It gives decide the chat's
// state; decide returns the event to append (with the State after it) or an error,
// which means that nothing is to be said. If somebody else wrote since that state was
// read, the append is refused and it starts over.
//
// hint, if not nil, is tried first instead of a read. A decision on a hint counts only
// if it ends in a successful append. An error of decide counts only on a read from the
// stream's leader, and only if that leader has the event seq of the chat, which is the
// one that the caller was given (0: none).
//
// The returned event has its sequence. On an error other than decide's it is
// unknown whether the event was stored; a later GuardedAppend sees it if it was.
func (c *Conn) GuardedAppend(ctx context.Context, id chat.ID, seq uint64, hint *Snapshot, decide func(Snapshot) (chat.Event, error)) (chat.Event, error) {
	for {
		snap, fromLeader, err := c.snapshot(ctx, id, hint)
		if err != nil {
			return chat.Event{}, err
		}
		hint = nil
		e, no := decide(snap)
		if no != nil && !fromLeader && ctx.Err() == nil {
			continue
		}
		if no != nil && snap.Out < seq && !errors.Is(no, chat.ErrMoved) { // otherwise the snapshot itself is new enough
			known, err := c.ReadAtLeast(ctx, id, seq)
			if err != nil {
				return chat.Event{}, err
			}
			if known.Out > snap.Out {
				snap = known.Snapshot
				e, no = decide(snap)
			}
		}
		if no != nil {
			return chat.Event{}, no
		}
		if !e.Kind.CarriesState() || e.State == nil {
			return chat.Event{}, Permanent(fmt.Errorf("decide on chat %s: a %s carries no state", id, e.Kind))
		}
		e.Chat = id
		stored, err := c.appendOut(ctx, e, snap.Out)
		if errors.Is(err, ErrConflict) && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return chat.Event{}, err
		}
		e.Seq = stored.Seq
		return e, nil
	}
}

func (c *Conn) snapshot(ctx context.Context, id chat.ID, hint *Snapshot) (snap Snapshot, fromLeader bool, err error) {
	if hint != nil && c.IsHome(id) {
		return *hint, false, nil
	}
	snap, err = c.Last(ctx, id)
	return snap, true, err
}
