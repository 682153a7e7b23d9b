package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/network"
)

// Cut is one cut between two regions of a plan.
type Cut struct {
	At, For time.Duration
	A, B    int  // which regions
	Silent  bool // nothing passes and nobody is told; else connections are reset and refused
	OneWay  bool // only the connections of A's gateways to B are cut
}

// Cuts plans cuts of seconds to a minute, one after the other, so that none begins after a time
// and all have ended by then. The same seed gives the same plan.
func Cuts(seed uint64, regions int, every, until time.Duration) (plan []Cut) {
	r := rand.New(rand.NewPCG(seed, 0xc07))
	between := func(least, most time.Duration) time.Duration { return least + rand1(r, most-least) }
	for at := between(every/4, every); ; {
		c := Cut{At: at, For: between(2*time.Second, min(time.Minute, max(3*time.Second, until/4))), Silent: r.IntN(2) == 0, OneWay: r.IntN(4) == 0}
		c.A = r.IntN(regions)
		c.B = (c.A + 1 + r.IntN(max(1, regions-1))) % regions
		if at+c.For >= until || regions < 2 {
			return plan
		}
		plan = append(plan, c)
		at += c.For + between(every/2, every*3/2)
	}
}

func rand1(r *rand.Rand, d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d) + 1)) }

// Run makes the cuts of a plan and calls record after each one. When the context ends, all is
// whole again at once and the rest is dropped.
func (w *World) Run(ctx context.Context, plan []Cut, record func(history.Harm)) {
	began := time.Now()
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range plan {
		if !rest(ctx, time.Until(began.Add(c.At))) {
			return
		}
		all.Go(func() {
			h := history.Harm{At: time.Since(began), Kind: "cut-region"}
			if c.Silent {
				h.Kind = "freeze-region"
			}
			a, b := w.Regions[c.A], w.Regions[c.B]
			lines := w.Between(a, b)
			h.Target = fmt.Sprintf("%s/%s", a.Name, b.Name)
			if c.OneWay {
				lines, h.Target = lines[:1], fmt.Sprintf("%s>%s", a.Name, b.Name)
			}
			cut(lines, c.Silent)
			rest(ctx, c.For)
			for _, l := range lines {
				l.Heal()
			}
			h.Until = time.Since(began)
			record(h)
		})
	}
}

func cut(lines []*network.Line, silent bool) {
	for _, l := range lines {
		if silent {
			l.Freeze()
		} else {
			l.Cut()
		}
	}
}

func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
