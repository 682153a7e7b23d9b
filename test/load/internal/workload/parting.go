package workload

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// parting returns how long after an agent began to let a chat go its visitor
// writes: from a millisecond to a second, each scale alike, since that takes longer
// where lines are slow. So some words come before the change, some after it, and
// some between what it was decided on and the change itself.
func parting(r *rand.Rand) time.Duration {
	return time.Duration(float64(time.Millisecond) * math.Pow(1000, r.Float64()))
}

// partingWord has one of two visitors write once more while the person lets the
// chat go. The returned function ends that, if the person stays.
func (l *life) partingWord(ctx context.Context, t *visitor.Visitor) (end func()) {
	if l.r.IntN(2) == 0 {
		return func() {}
	}
	after, words := parting(l.r), text(l.r, " (as the person leaves)")
	leaves := l.w.partings.Of(t.Chat())
	ctx, end = context.WithCancel(ctx)
	l.wg.Go(func() {
		select {
		case <-leaves:
			if wire.Wait(ctx, after) {
				t.Send(words)
			}
		case <-ctx.Done():
		}
	})
	return end
}
