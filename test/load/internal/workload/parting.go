package workload

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// parting returns how long after an agent began to release a chat its visitor writes:
// from a millisecond to a second, each order of magnitude alike, since releasing takes
// longer over slow lines. So some messages come before the change, some after it, and
// some between the state that it was decided on and the change itself.
func parting(r *rand.Rand) time.Duration {
	return time.Duration(float64(time.Millisecond) * math.Pow(1000, r.Float64()))
}

// partingWord makes one of two visitors write once more while the agent releases the
// chat. The returned function cancels that, if the agent stays.
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
