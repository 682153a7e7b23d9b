package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/test/load/internal/scenario"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// OpenLeg is what came of messages that were sent at a fixed rate, whatever the answers
// were. Latencies count from when a message should have been sent: one that had to wait
// for the answer to the one before it, on the same socket, has waited.
type OpenLeg struct {
	Label    string
	Sockets  int
	Asked    float64 // messages a second
	Rate     float64 // turns a second
	OfTop    float64 // Asked, as a share of the closed loop's rate; 0: not known
	Reply    Spread
	Ack      Spread
	CPUAll   float64 // microseconds a message that was due, all processes, until everything was stored
	Refused  int
	Unserved int // messages due in the measured time that were not answered in time
}

// open sends rate messages a second from n sockets, for some seconds after a warm-up.
func open(ctx context.Context, sys *scenario.System, p plan, n int, rate float64) (OpenLeg, error) {
	leg := OpenLeg{Label: sys.Label, Sockets: n, Asked: rate}
	visitors, err := gather(ctx, sys.Base, n)
	if err != nil {
		return leg, err
	}
	defer visitors.leave()
	if _, err := sys.Rest(ctx); err != nil {
		return leg, err
	}
	before, err := sys.CPU()
	if err != nil {
		return leg, err
	}
	var (
		sent              atomic.Int64
		replies, acks     = newLatencies(), newLatencies()
		refused, unserved atomic.Int64
		sending           sync.WaitGroup
		each              = time.Duration(float64(n) / rate * float64(time.Second))
		begin             = time.Now().Add(100 * time.Millisecond)
		from              = begin.Add(p.warmUp())
		to                = from.Add(p.seconds)
	)
	for i, c := range visitors.clients {
		sending.Go(func() {
			due := begin.Add(time.Duration(float64(each) * float64(i) / float64(n)))
			for ; due.Before(to); due = due.Add(each) {
				if !wire.Wait(ctx, time.Until(due)) {
					return
				}
				sent.Add(1)
				acked, err := c.turn(p.text, false)
				for r := isRefusal(err); r != nil; r = isRefusal(err) {
					refused.Add(1)
					if time.Since(to) > p.patience || !wire.Wait(ctx, max(r.wait, 20*time.Millisecond)) {
						return
					}
					acked, err = c.turn(p.text, true)
				}
				if err != nil {
					unserved.Add(1)
					return
				}
				if !due.Before(from) {
					replies.add(time.Since(due))
					acks.add(acked.Sub(due))
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { sending.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(time.Until(to) + p.patience):
		visitors.leave() // what is not answered by now counts as not answered
		<-ended
	}
	leg.Rate = float64(replies.count()) / time.Since(from).Seconds()
	if _, err := sys.Rest(ctx); err != nil {
		return leg, err
	}
	after, err := sys.CPU()
	if err != nil {
		return leg, err
	}
	leg.CPUAll = float64((scenario.Sum(after) - scenario.Sum(before)).Microseconds()) / float64(max(1, sent.Load()))
	leg.Reply, leg.Ack, leg.Refused, leg.Unserved = replies.spread(), acks.spread(), int(refused.Load()), int(unserved.Load())
	if ctx.Err() != nil {
		return leg, ctx.Err()
	}
	return leg, sys.Died()
}

// rampSteps are the shares of the closed loop's rate that a ramp goes through.
var rampSteps = []float64{.1, .25, .5, .75, .9, 1, 1.1}

// ramp goes from few messages a second to more than can be answered.
func ramp(ctx context.Context, sys *scenario.System, p plan, n int, top float64) (legs []OpenLeg, err error) {
	for _, share := range rampSteps {
		leg, err := open(ctx, sys, p, n, share*top)
		leg.OfTop = share
		legs = append(legs, leg)
		if err != nil {
			return legs, err
		}
		if _, err := sys.Rest(ctx); err != nil {
			return legs, err
		}
	}
	return legs, nil
}
