package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/scenario"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// IdleRow is what many greeted visitors cost who do nothing, in KiB for each: Resident is
// what the kernel counts, Live what is reachable after a garbage collection, stacks
// included.
type IdleRow struct {
	Label          string
	Visitors       int
	Greeted, After map[string]Footprint // by process: after the hello, and after one turn each
	ConnectedIn    float64              // seconds
	ConnectedAtOne float64              // a second
}

// Footprint is the memory of one process.
type Footprint struct{ Resident, Live float64 }

// idle measures n visitors.
func idle(ctx context.Context, sys *scenario.System, p plan, n int) (row IdleRow, err error) {
	row = IdleRow{Label: sys.Label, Visitors: n}
	before, err := settled(ctx, sys)
	if err != nil {
		return row, err
	}
	began := time.Now()
	visitors, err := gather(ctx, sys.Base, n)
	if err != nil {
		return row, err
	}
	defer visitors.leave()
	row.ConnectedIn = time.Since(began).Seconds()
	row.ConnectedAtOne = float64(n) / row.ConnectedIn
	if row.Greeted, err = each(ctx, sys, before, n); err != nil {
		return row, err
	}
	if err := visitors.oneTurnEach(ctx, p.text); err != nil {
		return row, err
	}
	row.After, err = each(ctx, sys, before, n)
	return row, err
}

// turnsAtOnce is how many of many visitors talk at once when each is to talk once.
const turnsAtOnce = 100

// oneTurnEach makes every visitor say one thing and hear the answer.
func (c *crowd) oneTurnEach(ctx context.Context, text string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(turnsAtOnce)
	for i, one := range c.clients {
		g.Go(func() error {
			_, err := one.turn(text, false)
			for r := isRefusal(err); r != nil; r = isRefusal(err) {
				if !wire.Wait(ctx, max(r.wait, 20*time.Millisecond)) {
					return ctx.Err()
				}
				_, err = one.turn(text, true)
			}
			if err != nil {
				return fmt.Errorf("the turn of visitor %d: %w", i+1, err)
			}
			return nil
		})
	}
	return g.Wait()
}

// each returns what has been added since before, for each of n.
func each(ctx context.Context, sys *scenario.System, before map[string]scenario.Memory, n int) (map[string]Footprint, error) {
	now, err := settled(ctx, sys)
	if err != nil {
		return nil, err
	}
	all := map[string]Footprint{}
	for part, m := range now {
		all[part] = Footprint{(m.Resident - before[part].Resident) / float64(n) / 1024, (m.Live - before[part].Live) / float64(n) / 1024}
	}
	return all, nil
}

// settled waits until the system is at rest and returns what its processes hold.
func settled(ctx context.Context, sys *scenario.System) (map[string]scenario.Memory, error) {
	if _, err := sys.Rest(ctx); err != nil {
		return nil, err
	}
	if !wire.Wait(ctx, time.Second) {
		return nil, ctx.Err()
	}
	return sys.Held(ctx)
}
