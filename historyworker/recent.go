package historyworker

import (
	"context"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// recent is the part of a chat that the store may not have yet. Together with the
// store, if that is read afterward, it has every event of the chat up to through.
type recent struct {
	events  []chat.Event // ascending
	through uint64
}

// purges bounds how often a read starts over because the stream was purged meanwhile;
// purges are a minute apart.
const purges = 3

var errPurges = errors.New("the stream was purged again and again during the read")

// recentSince is recentOf with everything that the caller knows, or bus.ErrStale.
func (w *Worker) recentSince(ctx context.Context, req roles.PageRequest, reader chat.Role, floor uint64) (recent, error) {
	known := req.Known
	if req.Before != 0 {
		known = min(known, req.Before-1)
	}
	return bus.AtLeast(ctx, req.Chat, known, func() (recent, uint64, error) {
		r, err := w.recentOf(ctx, req.Chat, floor, reader)
		return r, r.through, err
	})
}

// recentOf reads the stream above the floor, which must have been read before anything
// else: everything at or below it is in the store.
//
// If the stream was purged meanwhile, part of what was above the floor may be gone from
// it. That part is in the store, since retention purges nothing else. So the end of
// the purged part is the new floor.
func (w *Worker) recentOf(ctx context.Context, id chat.ID, floor uint64, reader chat.Role) (recent, error) {
	for range purges {
		tail, err := w.conn.TailOf(ctx, id, floor, reader)
		if err != nil {
			return recent{}, err
		}
		if tail.Whole {
			r := recent{events: tail.Events, through: floor}
			if n := len(tail.Events); n > 0 {
				r.through = tail.Events[n-1].Seq
			}
			return r, nil
		}
		purged, err := w.conn.PurgedThrough(ctx, id)
		if err != nil {
			return recent{}, err
		}
		floor = max(floor, purged)
	}
	return recent{}, fmt.Errorf("read chat %s: %w", id, errPurges)
}

// floor returns the sequence up to which the chat is in the store.
func (w *Worker) floor(ctx context.Context, id chat.ID) (uint64, error) {
	return w.conn.Acknowledged(ctx, id, roles.Storing.Name)
}
