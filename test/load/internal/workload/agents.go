package workload

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/history"
)

// chatsAtOnce is how many chats an agent takes at once.
const chatsAtOnce = 4

// agentsWork starts the agents. The returned function makes them finish their chats
// before the context ends, and returns when they have gone.
func (w *Workload) agentsWork(ctx context.Context) (stop func(context.Context), err error) {
	if w.o.Agents == 0 {
		return func(context.Context) {}, nil
	}
	making, done := context.WithTimeout(ctx, 5*time.Minute)
	defer done()
	accounts, err := agent.MakeAccounts(making, w.o.Gateways, w.o.Admin, w.o.Agents)
	if err != nil {
		return nil, err
	}
	var others []string // an earlier version knows no passing on
	for _, account := range accounts {
		if !w.o.Old {
			others = append(others, account.User)
		}
	}
	keep, err := w.keepTeams(making, accounts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	quit := make(chan struct{})
	var working, running sync.WaitGroup
	keeping, kept := context.WithCancel(ctx)
	running.Go(func() { keep(keeping) })
	for i, account := range accounts {
		rec, err := history.NewRecorder(w.o.Dir, fmt.Sprintf("agent-%02d", i+1), w.o.Began)
		if err != nil {
			kept()
			cancel()
			working.Wait()
			running.Wait()
			return nil, err
		}
		a := agent.New(agent.Options{Account: account, Recorder: rec, Gateways: w.o.Gateways, First: i, Rand: rand.New(rand.NewPCG(w.o.Seed, uint64(1)<<32+uint64(i)))})
		w.mu.Lock()
		w.agents = append(w.agents, a)
		w.mu.Unlock()
		running.Go(func() {
			if err := errors.Join(a.Run(ctx), rec.Close()); err != nil {
				w.isLoud(err)
			}
		})
		working.Go(func() {
			a.Work(ctx, agent.Habits{AtOnce: chatsAtOnce, Pause: w.agentsPause(), Rivals: w.rivals, Partings: w.partings, Tags: !w.o.Old, Others: others, Teams: w.keeper, Over: w.over.Load, Quit: quit})
		})
	}
	return func(limit context.Context) {
		defer running.Wait()
		defer cancel()
		defer context.AfterFunc(limit, cancel)()
		close(quit)
		kept()
		working.Wait()
		for _, a := range w.agents {
			a.Leave()
		}
		running.Wait()
	}, nil
}

func (w *Workload) isLoud(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loud = append(w.loud, err.Error())
}

// agentsPause is about as long as visitors think.
func (w *Workload) agentsPause() time.Duration {
	return min(max(w.pace(), 50*time.Millisecond), 2*time.Second)
}

// keepTeams makes the teams, if there are any. The returned function changes them until its
// context ends.
func (w *Workload) keepTeams(ctx context.Context, accounts []agent.Account) (keep func(context.Context), err error) {
	if !w.o.Teams {
		return func(context.Context) {}, nil
	}
	var users []string
	for _, account := range accounts {
		users = append(users, account.User)
	}
	k := agent.NewKeeper(w.o.Gateways, w.o.Admin, users, rand.New(rand.NewPCG(w.o.Seed, 1<<33)))
	if err := k.Begin(ctx); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.keeper = k
	return func(ctx context.Context) {
		if err := k.Keep(ctx); err != nil {
			w.isLoud(err)
		}
	}, nil
}
