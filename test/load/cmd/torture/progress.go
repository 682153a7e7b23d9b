package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload"
)

// every is the time between two lines of progress.
const every = 10 * time.Second

// watch prints what happened so far until the context ends.
func watch(ctx context.Context, began time.Time, w *workload.Workload, sys *system.System, harms func() int) {
	t := time.NewTicker(every)
	defer t.Stop()
	last := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		p := w.Progress()
		rate := float64(p.Visitors.Acked-last) / every.Seconds()
		last = p.Visitors.Acked
		fmt.Printf("%6v  %6d accepted (%3.0f/s), %4d unanswered, %3d with agents, %5d connections, %5d sent again, %4d harms, %d faults\n",
			time.Since(began).Round(time.Second), p.Visitors.Acked, rate, p.Visitors.Unanswered, p.Live, p.Visitors.Connections, p.Visitors.Resent, harms(), len(sys.Faults()))
	}
}
