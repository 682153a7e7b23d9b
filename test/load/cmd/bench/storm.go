package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/test/load/internal/scenario"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// StormRow is what happens when all sockets are cut at once and come back, as browsers do.
type StormRow struct {
	Label     string
	Sockets   int
	Seconds   float64 // until the last one was back and had caught up
	Back      Spread  // of each, from the cut
	ComeAgain int     // how often one was asked to come again, by a status or a frame
	Failed    int     // connections that failed otherwise
	Missing   int     // that were not back in time
}

// stormLimit is how long it may take until all are back.
const stormLimit = time.Minute

// storm connects n visitors, each of whom has said something, cuts all of them, and waits
// until they are back.
func storm(ctx context.Context, sys *scenario.System, p plan, n int) (row StormRow, err error) {
	row = StormRow{Label: sys.Label, Sockets: n}
	visitors, err := gather(ctx, sys.Base, n)
	if err != nil {
		return row, err
	}
	defer visitors.leave()
	if err := visitors.oneTurnEach(ctx, p.text); err != nil {
		return row, err
	}
	if _, err := sys.Rest(ctx); err != nil {
		return row, err
	}
	for _, c := range visitors.clients {
		c.since = c.f.seq // the reply was the last event
		c.ws.Drop(true)
	}
	limit, cancel := context.WithTimeout(ctx, stormLimit)
	defer cancel()
	var (
		again, failed, missing atomic.Int64
		coming                 sync.WaitGroup
		spread                 = newLatencies()
		began                  = time.Now()
	)
	for i, c := range visitors.clients {
		coming.Go(func() {
			if c.comeBack(limit, sys.Base, i, &again, &failed) {
				spread.add(time.Since(began))
			} else {
				missing.Add(1)
			}
		})
	}
	coming.Wait()
	row.Seconds, row.Back = time.Since(began).Seconds(), spread.spread()
	row.ComeAgain, row.Failed, row.Missing = int(again.Load()), int(failed.Load()), int(missing.Load())
	if row.Missing == n {
		return row, fmt.Errorf("nobody was back within %v", stormLimit)
	}
	return row, errors.Join(ctx.Err(), sys.Died())
}

// comeBack connects until the visitor is welcomed and has all events, as a page does: at
// once but for a little chance, and later when asked to.
func (c *client) comeBack(ctx context.Context, base string, n int, again, failed *atomic.Int64) bool {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	for tries := 0; wire.Wait(ctx, wire.Backoff(tries, r)); tries++ {
		ws, err := wire.DialTo(ctx, wire.Place{Base: base, Header: wire.Forwarded(wire.Crowd, n)})
		if refused, ok := errors.AsType[*wire.RefusedError](err); ok {
			again.Add(1)
			wire.Wait(ctx, refused.After)
			continue
		}
		if err != nil {
			failed.Add(1)
			continue
		}
		c.ws = ws
		if c.caughtUp(ctx, again) {
			return true
		}
		failed.Add(1)
		ws.Drop(false)
	}
	return false
}

// caughtUp greets with what the visitor has seen, and reads until it has seen everything.
func (c *client) caughtUp(ctx context.Context, again *atomic.Int64) bool {
	for {
		if err := c.ws.Write(wire.Request{T: "hello", Name: everybody, Token: c.token, Since: c.since}); err != nil {
			return false
		}
		refused, err := c.welcomed()
		if err != nil {
			return false
		}
		if refused == nil {
			break
		}
		again.Add(1)
		if !wire.Wait(ctx, max(refused.wait, 20*time.Millisecond)) {
			return false
		}
	}
	for last := c.f.seq; c.since < last; {
		if err := c.read(); err != nil {
			return false
		}
		if string(c.f.t) == "event" {
			c.since = max(c.since, c.f.seq)
		}
	}
	return true
}
