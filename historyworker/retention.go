package historyworker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/parley-chat/parley/pkg/roles"
)

// purgeEvery is about how often a worker looks for something to purge: after half to
// one and a half of it, so that replicas tend to take turns. They need not: a purge
// names its end, and a second one finds nothing.
const purgeEvery = time.Minute

// retain purges the streams until the context ends. The stream and its consumers have
// all that decides (see bus.Conn.PurgeStored), so nothing is remembered here.
//
// The last event with a chat's state is purged like any other, even while the chat is
// waiting or live: bus.Conn.Last reads it back through this service.
func (w *Worker) retain(ctx context.Context) error {
	for {
		t := time.NewTimer(purgeEvery/2 + rand.N(purgeEvery))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
			w.purge(ctx)
		}
	}
}

func (w *Worker) purge(ctx context.Context) {
	if w.conn.Ready() != nil {
		return
	}
	purged, err := w.conn.PurgeStored(ctx, roles.Storing.Name, w.opts.Retention)
	if err != nil && ctx.Err() == nil && w.conn.Ready() == nil {
		w.log.Warn().Err(err).Msg("streams could not be purged, trying again later")
	}
	w.metrics.purged.Add(float64(purged))
	if purged > 0 {
		w.log.Info().Uint64("events", purged).Msg("purged old events that are stored from the streams")
	}
}
