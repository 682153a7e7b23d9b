package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// state is what a process uses.
type state struct {
	rss, heap, stack, goroutines, sockets float64
	lastGC                                time.Time
}

func look(ctx context.Context, p *proc.Process, base string) (state, error) {
	m, err := measure.Metrics(ctx, base)
	if err != nil {
		return state{}, err
	}
	rss, err := measure.RSS(p.PID())
	gc := m["go_memstats_last_gc_time_seconds"]
	return state{
		rss: rss, heap: m["go_memstats_heap_inuse_bytes"], stack: m["go_memstats_stack_inuse_bytes"], goroutines: m["go_goroutines"],
		sockets: m["parley_gateway_connections"], lastGC: time.Unix(int64(gc), 0),
	}, err
}

const (
	pollEvery = 2 * time.Second
	// steady is how many polls in a row must agree.
	steady = 5
	// patience is a little more than the two minutes after which Go collects its
	// garbage in any case.
	patience = 150 * time.Second
)

// settle waits until the process has collected what it no longer needs and its
// memory stays as it is.
func settle(ctx context.Context, p *proc.Process, base string) (state, error) {
	began := time.Now()
	var last state
	for same := 0; ; {
		now, err := look(ctx, p, base)
		if err != nil {
			return state{}, err
		}
		if diff := now.rss - last.rss; diff*diff < (last.rss*0.005)*(last.rss*0.005) {
			same++
		} else {
			same = 0
		}
		last = now
		collected := now.lastGC.After(began.Add(time.Second))
		if same >= steady && collected || time.Since(began) > patience {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return state{}, fmt.Errorf("wait until the memory settles: %w", ctx.Err())
		case <-time.After(pollEvery):
		}
	}
}
