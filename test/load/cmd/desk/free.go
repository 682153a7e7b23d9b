package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// free has agents who have all that they may close one chat now and then, while others wait, and
// measures how soon they have the next one.
func free(ctx context.Context, f *floor, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, 3*f.p.quiet+time.Duration(f.p.frees)*f.p.pause)
	defer cancel()
	if err := f.come(ctx, f.p.chats); err != nil {
		return err
	}
	most := min(f.p.chats, f.p.agents*f.p.half())
	if err := f.all(ctx, "see every agent have all that they may", func(s agent.Seen) bool { return s.Count("live") == most }); err != nil {
		return err
	}
	places, stop, err := watchPlaces(ctx, f.sys.NATSURL())
	if err != nil {
		return err
	}
	defer stop()
	conflicts, err := f.conflicts(ctx)
	if err != nil {
		return err
	}
	working, end := context.WithCancel(ctx)
	defer end()
	var asking, closing sync.WaitGroup
	for _, v := range f.visitors { // so that as many wait all the time
		asking.Go(func() { f.asks(working, v) })
	}
	var mu sync.Mutex // guards what follows
	var acked, shown []time.Duration
	var begun atomic.Int64
	began := time.Now()
	for i, a := range f.agents {
		r := f.random(6, i)
		closing.Go(func() {
			for wire.Wait(ctx, f.p.pause/2+between(r, f.p.pause)) && begun.Add(1) <= int64(f.p.frees) {
				ack, screen, err := closes(ctx, a)
				if err != nil {
					f.complain(f.accounts[i].Name, err)
					return
				}
				mu.Lock()
				acked, shown = append(acked, ack), append(shown, screen)
				mu.Unlock()
			}
		})
	}
	closing.Wait()
	took := time.Since(began)
	end()
	asking.Wait()
	after, err := f.conflicts(ctx)
	if err != nil {
		return err
	}
	o.capacity = f.p.half()
	o.row("chats closed", len(shown))
	o.row("chats closed a second", rate(len(shown), took))
	o.row("chats that wait meanwhile, about", f.p.chats-most)
	o.counts = append(o.counts, func(l *log) {
		o.held(l, 0)
		o.times("from an agent's free place to the next chat, as stored (goal: p99 at most 100 ms)", l.next())
		back, reserved, stored := places.parts(l, f)
		o.times("  of that, until the place is given back", back)
		o.times("  until it is reserved for the next chat", reserved)
		o.times("  until that is stored", stored)
		o.row("changes that another worker was quicker with", after-conflicts)
		o.times("from the press on \"close\" to its acknowledgment", acked)
		o.times("from the press on \"close\" to the next chat on the agent's screen", shown)
	})
	return nil
}

// conflicts counts the changes that escalation workers had to decide again.
func (f *floor) conflicts(ctx context.Context) (n int, err error) {
	for _, name := range f.sys.Members(system.Escalation) {
		base, err := f.sys.Figures(name)
		if err != nil {
			return 0, err
		}
		all, err := measure.Metrics(ctx, base)
		if err != nil {
			return 0, err
		}
		n += int(all["parley_bus_conflicts_total"])
	}
	return n, nil
}

func rate(n int, in time.Duration) float64 {
	return float64(int(float64(n)/in.Seconds()*10)) / 10
}

// closes closes one of the agent's chats, and waits until there is another one.
func closes(ctx context.Context, a *agent.Agent) (acked, shown time.Duration, err error) {
	had := ownOf(a)
	if len(had) == 0 {
		return 0, 0, errNoChat
	}
	began := time.Now()
	got, err := a.Call(ctx, "close", had[0], "")
	acked = time.Since(began)
	if err == nil && got.Code != "" {
		err = &refusedError{got}
	}
	if err != nil {
		return 0, 0, err
	}
	err = a.Await(ctx, "the next chat", func(s agent.Seen) bool {
		return slices.ContainsFunc(s.Own(), func(id string) bool { return !slices.Contains(had, id) })
	})
	return acked, time.Since(began), err
}

// next returns how long it took from each close by an agent to the next chat that they were
// assigned. Each has one free place at a time.
func (l *log) next() (took []time.Duration) {
	since := map[string]time.Time{} // by agent, who has a free place
	for _, c := range l.changes {
		switch {
		case c.reason == "by_agent":
			since[c.was] = c.at
		case c.reason == "assigned" && c.agent != c.was:
			if at, is := since[c.agent]; is {
				took = append(took, c.at.Sub(at))
				delete(since, c.agent)
			}
		}
	}
	return took
}
