package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// heardAfter is how long after their press an agent surely is away for every replica.
	heardAfter = time.Second
	// startedAfter is how long a killed replica is down.
	startedAfter = 300 * time.Millisecond
)

// away is a time in which an agent was away for everybody.
type away struct {
	agent    string // the name
	from, to time.Time
}

// assign has everybody away while all chats come, then all available at once, and then agents who
// close chats, go away and come back, while replicas of the escalation worker are killed.
func assign(ctx context.Context, f *floor, o *outcome) error {
	ctx, cancel := context.WithTimeout(ctx, 3*f.p.quiet+f.p.length)
	defer cancel()
	if err := f.everybody(ctx, true); err != nil {
		return err
	}
	resting := time.Now().Add(heardAfter)
	if err := f.come(ctx, f.p.chats); err != nil {
		return err
	}
	early := 0
	f.agents[0].Look(func(s agent.Seen) { early = s.Count("live") })
	places, stop, err := watchPlaces(ctx, f.sys.NATSURL())
	if err != nil {
		return err
	}
	defer stop()
	absent := &absences{}
	absent.add(f, resting, time.Now())

	harming, calm := context.WithCancel(ctx)
	var harm sync.WaitGroup
	kills := 0
	harm.Go(func() { kills = f.kills(harming) })
	stopKills := func() { calm(); harm.Wait() }
	defer stopKills()
	began := time.Now()
	if err := f.everybody(ctx, false); err != nil {
		return err
	}
	nobodyWaits := func(s agent.Seen) bool { return s.Count("waiting") == 0 }
	if err := f.agents[0].Await(ctx, "an empty line", nobodyWaits); err != nil {
		return err
	}
	given := time.Since(began)
	closed := f.churn(ctx, absent)
	stopKills()
	rest := time.Now()
	if err := f.everybody(ctx, false); err != nil {
		return err
	}
	for _, v := range f.visitors {
		if err := v.Await(ctx, "an agent in the end", func(s visitor.Seen) bool { return s.Acked() && s.Status() != "waiting" }); err != nil {
			return err
		}
	}
	if err := f.all(ctx, "see nobody wait", nobodyWaits); err != nil {
		return err
	}
	calmAfter := time.Since(rest)
	o.capacity = f.p.capacity()
	o.row("replicas killed", kills)
	o.row("time until every chat is shown as given, from when all come back", rounded(given))
	o.none("given while everybody was away", early)
	o.row("chats closed by agents meanwhile", closed)
	o.row("time until nobody waits, after the last kill", rounded(calmAfter))
	left := places.rest(ctx, f)
	o.counts = append(o.counts, func(l *log) {
		o.held(l, f.p.chats)
		o.none("given to somebody who was away for a second", absent.given(l))
		o.times("a visitor's wait for an agent", l.waits(began))
		useless := places.useless(l, f)
		o.times("a place that is of no use is given back after", useless)
		slow := 0
		for _, d := range useless {
			if d > time.Second {
				slow++
			}
		}
		o.row("of these, after more than a second (a crash left them)", slow)
		o.none("places left over at the end", left)
	})
	return nil
}

// everybody goes away, or is available again.
func (f *floor) everybody(ctx context.Context, away bool) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range f.agents {
		g.Go(func() error { return goes(ctx, a, away) })
	}
	return g.Wait()
}

// kills kills one escalation worker after the other until the context ends, and starts each again.
// It returns how many were killed.
func (f *floor) kills(ctx context.Context) (n int) {
	names, r := f.sys.Members(system.Escalation), f.random(4, 0)
	wait := f.p.every / 8 // the first in the middle of the rush
	for ; wire.Wait(ctx, wait); n++ {
		name := names[n%len(names)]
		err := f.sys.Kill(name)
		wire.Wait(context.WithoutCancel(ctx), startedAfter)
		if err == nil {
			err = f.sys.StartAgain(name)
		}
		if err != nil {
			f.complain(name, err)
		}
		wait = f.p.every/2 + time.Duration(r.Int64N(int64(f.p.every)))
	}
	return n
}

// churn has agents close chats, go away and come back for as long as the plan says, and visitors
// ask again. It returns how many chats were closed.
func (f *floor) churn(ctx context.Context, absent *absences) int {
	working, end := context.WithTimeout(ctx, f.p.length)
	defer end()
	var wg sync.WaitGroup
	var closed atomic.Int64
	for _, v := range f.visitors {
		wg.Go(func() { f.asks(working, v) })
	}
	for i, a := range f.agents {
		r := f.random(5, i)
		wg.Go(func() {
			for wire.Wait(working, between(r, 4*time.Second)) {
				if r.IntN(8) == 0 {
					f.rests(working, a, f.accounts[i].Name, r, absent)
					continue
				}
				if own := ownOf(a); len(own) > 0 {
					got, err := a.Call(working, "close", own[r.IntN(len(own))], "")
					if err == nil && got.Code == "" {
						closed.Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
	return int(closed.Load())
}

// between is a random time, half of it on average.
func between(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}

func ownOf(a *agent.Agent) (own []string) {
	a.Look(func(s agent.Seen) { own = s.Own() })
	return own
}

// rests has an agent be away for some seconds.
func (f *floor) rests(ctx context.Context, a *agent.Agent, name string, r *rand.Rand, absent *absences) {
	if goes(ctx, a, true) != nil {
		return // the context ended
	}
	from := time.Now().Add(heardAfter)
	wire.Wait(ctx, heardAfter+between(r, 3*time.Second))
	absent.one(away{name, from, time.Now()})
	_ = goes(context.WithoutCancel(ctx), a, false) // in the end everybody is
}

// errNotSet says that an agent's press on the switch was not stored.
var errNotSet = errors.New("the switch does not change")

func goes(ctx context.Context, a *agent.Agent, away bool) error {
	if !a.Away(ctx, away) {
		return errNotSet
	}
	return nil
}

// absences are the times in which agents were away. They may be added to concurrently.
type absences struct {
	mu  sync.Mutex // guards all
	all []away
}

func (b *absences) one(a away) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if a.to.After(a.from) {
		b.all = append(b.all, a)
	}
}

// add adds a time in which everybody was.
func (b *absences) add(f *floor, from, to time.Time) {
	for _, account := range f.accounts {
		b.one(away{account.Name, from, to})
	}
}

// given counts the chats that were given to somebody who was away.
func (b *absences) given(l *log) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range l.changes {
		if c.reason != "assigned" || c.agent == c.was {
			continue
		}
		for _, a := range b.all {
			if a.agent == c.agent && c.at.After(a.from) && c.at.Before(a.to) {
				n++
			}
		}
	}
	return n
}

// waits returns how long chats waited that were assigned after that time: since it, or since the
// visitor asked.
func (l *log) waits(since time.Time) (took []time.Duration) {
	asked := map[string]time.Time{}
	for _, c := range l.changes {
		switch at := asked[c.chat]; {
		case c.status == "waiting" && at.IsZero():
			asked[c.chat] = c.at
		case c.status != "waiting":
			if !at.IsZero() && c.reason == "assigned" {
				if at.Before(since) {
					at = since
				}
				took = append(took, c.at.Sub(at))
			}
			delete(asked, c.chat)
		}
	}
	return took
}
