package historyworker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// sweepEvery is about how often a worker looks for files that no message names: after half to
	// one and a half of it.
	sweepEvery = time.Hour
	// unnamedAfter is how old a file is then: a message may name it for half of that, since its ticket
	// ends, and may then wait for sweepLag, and something is left over.
	unnamedAfter = 26 * time.Hour
	sweepLag     = 12 * time.Hour
	// sweepMost is how many are removed at once.
	sweepMost = 2000
)

// sweep removes from FILES, until the context ends, what nobody named and what nobody completed. All
// replicas do: it may be done twice.
func (w *Worker) sweep(ctx context.Context) error {
	for {
		t := time.NewTimer(sweepEvery/2 + rand.N(sweepEvery))
		select {
		case <-ctx.Done():
			t.Stop()
			return nil
		case <-t.C:
			w.sweepFiles(ctx, time.Now())
		}
	}
}

// sweepFiles removes nothing while an event may wait that names an old file, or while that is not known.
func (w *Worker) sweepFiles(ctx context.Context, now time.Time) {
	if w.conn.Ready() != nil {
		return
	}
	oldest, err := w.conn.OldestWaiting(ctx, roles.Storing.Durable)
	if err == nil && !oldest.IsZero() && now.Sub(oldest) > sweepLag {
		return
	}
	if err == nil {
		err = w.files.sweep(ctx, now.Add(-unnamedAfter))
	}
	if err != nil && ctx.Err() == nil && w.conn.Ready() == nil {
		w.log.Warn().Err(err).Msg("files that no message names could not be removed, trying again later")
	}
}

func (m *fileMover) sweep(ctx context.Context, before time.Time) error {
	from, err := m.source(ctx)
	if err != nil {
		return err
	}
	n, err := from.Sweep(ctx, before, sweepMost)
	m.worker.metrics.filesSwept.WithLabelValues("unnamed").Add(float64(n.Files))
	m.worker.metrics.filesSwept.WithLabelValues("incomplete").Add(float64(n.Uploads))
	if n.Files+n.Uploads > 0 {
		m.worker.log.Info().Int("unnamed", n.Files).Int("incomplete", n.Uploads).Msg("removed files from FILES that no message names")
	}
	return err
}
