package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// floor is a running system, with those who answer and those who wait.
type floor struct {
	p     plan
	sys   *system.System
	dir   string
	began time.Time
	admin *http.Cookie

	agents   []*agent.Agent
	accounts []agent.Account
	visitors []*visitor.Visitor

	present context.Context // of everybody who is there
	close   context.CancelFunc
	wg      sync.WaitGroup // of everybody

	mu   sync.Mutex // guards loud
	loud []string   // those who could not go on
}

// open starts the system, and signs the agents in.
func open(ctx context.Context, p plan, dir string, env []string, people int) (_ *floor, err error) {
	f := &floor{p: p, dir: dir, began: time.Now()}
	f.sys = system.New(system.Options{
		Program: p.program, Dir: dir, Gateways: p.gateways, Bots: 1, Escalations: p.escalations, Histories: 1, NATSNodes: p.nodes, Sync: p.sync, Figures: true,
		Env: append([]string{fmt.Sprint("MAX_WAITING=", 2*p.chats+100), fmt.Sprint("WAITING_PER_ADDRESS=", p.chats)}, env...),
	})
	f.present, f.close = context.WithCancel(context.WithoutCancel(ctx))
	if err := f.sys.Start(ctx); err != nil {
		return f, err
	}
	if f.admin, err = agent.Login(ctx, f.sys.Gateways()[0], "admin", system.AdminPassword); err != nil {
		return f, fmt.Errorf("sign the admin in: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.quiet)
	defer cancel()
	if f.accounts, err = agent.MakeAccounts(ctx, f.sys.Gateways, system.AdminPassword, people); err != nil {
		return f, err
	}
	for i, account := range f.accounts {
		rec, err := history.NewRecorder(dir, fmt.Sprintf("agent-%03d", i+1), f.began)
		if err != nil {
			return f, err
		}
		a := agent.New(agent.Options{Account: account, Recorder: rec, Gateways: f.sys.Gateways, First: i, Header: wire.Forwarded(wire.Newcomers, i), Rand: f.random(1, i)})
		f.agents = append(f.agents, a)
		f.runs(account.User, func() error { return errors.Join(a.Run(f.present), rec.Close()) })
	}
	return f, f.all(ctx, "be signed in", func(s agent.Seen) bool { return s.Welcomed() })
}

func (f *floor) random(stream uint64, i int) *rand.Rand {
	return rand.New(rand.NewPCG(f.p.seed, stream<<32+uint64(i)))
}

// runs runs somebody until the end.
func (f *floor) runs(who string, run func() error) {
	f.wg.Go(func() {
		if err := run(); err != nil {
			f.complain(who, err)
		}
	})
}

func (f *floor) complain(who string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loud = append(f.loud, fmt.Sprintf("%s: %v", who, err))
}

// all waits until the condition holds for every agent.
func (f *floor) all(ctx context.Context, what string, holds func(agent.Seen) bool) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, a := range f.agents {
		g.Go(func() error { return a.Await(ctx, "everybody to "+what, holds) })
	}
	return g.Wait()
}

// come has that many visitors come and ask for a person, and waits until all of them wait, for
// every agent.
func (f *floor) come(ctx context.Context, n int) error {
	g, waiting := errgroup.WithContext(ctx)
	for i := range n {
		name := fmt.Sprintf("Visitor %d", i+1)
		rec, err := history.NewRecorder(f.dir, fmt.Sprintf("visitor-%04d", i+1), f.began)
		if err != nil {
			return err
		}
		v := visitor.New(visitor.Options{Name: name, Recorder: rec, Gateways: f.sys.Gateways, First: i, Header: wire.Forwarded(wire.Crowd, i), Rand: f.random(2, i)})
		f.visitors = append(f.visitors, v)
		f.runs(name, func() error { return errors.Join(v.Run(f.present), rec.Close()) })
		g.Go(func() error {
			v.Ask("escalate")
			return v.Await(waiting, "a place in the line", func(s visitor.Seen) bool { return s.Acked() && s.Status() != "bot" })
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return f.all(ctx, fmt.Sprintf("see %d chats", n), func(s agent.Seen) bool { return s.Count("waiting")+s.Count("live") >= n })
}

// asks has a visitor ask for a person again whenever the chat is over, until the context ends.
func (f *floor) asks(ctx context.Context, v *visitor.Visitor) {
	for {
		err := v.Await(ctx, "the end of the chat", func(s visitor.Seen) bool { return s.Acked() && s.Status() == "closed" })
		if err != nil {
			return
		}
		v.Ask("escalate")
		if v.Await(ctx, "a place in the line", func(s visitor.Seen) bool { return s.Acked() && s.Status() != "closed" }) != nil {
			return
		}
	}
}

// chats are the chats of all visitors.
func (f *floor) chats() (ids []string) {
	for _, v := range f.visitors {
		ids = append(ids, v.Chat())
	}
	return ids
}

// leave has everybody leave, and waits until they have.
func (f *floor) leave() {
	for _, v := range f.visitors {
		v.Leave()
	}
	for _, a := range f.agents {
		a.Leave()
	}
	limit := time.AfterFunc(time.Minute, f.close) // who can't leave is cut off
	defer limit.Stop()
	f.wg.Wait()
	f.close()
}
