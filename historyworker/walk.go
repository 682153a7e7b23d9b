package historyworker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// walk answers with the next events of the store. What is only in the streams is not its matter.
func (w *Worker) walk(ctx context.Context, req roles.WalkRequest) (roles.WalkReply, error) {
	for limit := store.MaxEvents; ; {
		piece, err := w.store.Events(ctx, store.EventsQuery{After: req.After, Limit: limit})
		if errors.Is(err, store.ErrPlace) {
			return roles.WalkReply{}, refuse(err)
		}
		if err != nil {
			return roles.WalkReply{}, err
		}
		w.outage.Up()
		fits, err := fitting(piece.Events)
		if err != nil {
			return roles.WalkReply{}, err
		}
		if fits == len(piece.Events) {
			return roles.WalkReply{Events: append([]chat.Event{}, piece.Events...), Next: piece.Next}, nil
		}
		limit = fits // what is asked for again says where to go on
	}
}

// fitting returns how many of the events fit into an answer: one at least.
func fitting(events []chat.Event) (int, error) {
	var scratch []byte
	left := maxBytes
	for i := range events {
		b, ok := events[i].AppendJSON(scratch[:0])
		if !ok {
			var err error
			if b, err = json.Marshal(events[i]); err != nil {
				return 0, fmt.Errorf("encode event %d of chat %s: %w", events[i].Seq, events[i].Chat, err)
			}
		}
		scratch = b
		if left -= len(b) + 1; left < 0 && i > 0 {
			return i, nil
		}
	}
	return len(events), nil
}
