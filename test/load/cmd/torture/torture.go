package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/harm"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/model"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/recovery"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// patience is how long the store may take to hold all that the streams do, once
// it no longer grows.
const patience = 2 * time.Minute

// bytesPerAddress is so small that a stranger soon has had enough, and a visitor has not.
const bytesPerAddress = "BYTES_PER_ADDRESS=4MB"

// result is the result of a run.
type result struct {
	p                                  plan
	talk                               workload.Result
	harms                              []history.Harm
	counts                             harm.Counts
	faults                             []string // of processes and of the run itself
	report                             check.Report
	recoveries                         []recovery.Recovery
	dead                               uint64
	streamed, stored, audited          int
	fetched                            int // files
	fetchedBytes                       int64
	start, before, after, peaks        map[string]uint64 // memory
	began                              time.Time
	started, talked, settled, examined time.Duration
}

func (r *result) broken() bool {
	return len(r.report.Violations) > 0 || len(r.faults) > 0 || len(r.talk.Loud) > 0 || r.dead > 0
}

// torture is one run: start, talk and inject faults, settle, read everything, check.
func torture(ctx context.Context, p plan) (*result, error) {
	steps := harm.Plan(p.seed, harm.Options{
		Length: p.length, Calm: p.calm, Every: p.every, Kinds: p.kinds,
		Gateways: p.gateways, Bots: p.bots, Escalations: p.escalations, Histories: p.stories, NATSNodes: p.nodes, Streams: 8,
	})
	if len(p.kinds) == 0 {
		steps = nil
	}
	began := time.Now()
	program, err := build(ctx, p)
	if err != nil {
		return nil, err
	}
	first := program
	if p.old != "" {
		first = p.old
		upgrades := harm.Upgrades(p.seed, harm.Options{Length: p.length, Calm: p.calm}, p.between, p.order, p.old, program)
		steps = append(steps, upgrades...)
		slices.SortStableFunc(steps, func(a, b harm.Step) int { return cmp.Compare(a.At, b.At) })
	}
	if err := os.WriteFile(filepath.Join(p.dir, "plan.txt"), []byte(p.command()+"\n\n"+harm.Print(steps)), 0o600); err != nil {
		return nil, fmt.Errorf("write the plan: %w", err)
	}
	fmt.Printf("seed %d: %v, %d visitors, %d harms planned; the folder is %s\n", p.seed, p.length, p.visitors, len(steps), p.dir)

	env, forget, err := thinker(p.think)
	if err != nil {
		return nil, err
	}
	defer forget()
	if p.signed {
		env = append(env, wire.Signed...)
	}
	sys := system.New(system.Options{
		Program: first, Dir: p.dir, Gateways: p.gateways, Bots: p.bots, Escalations: p.escalations, Histories: p.stories,
		NATSNodes: p.nodes, Sync: p.sync, Store: p.store, Streams: 8,
		Env: append(env, fmt.Sprintf("AGENT_CAPACITY=%d", agentCapacity), fmt.Sprintf("RATE_PER_CONNECTION=%g", p.most), bytesPerAddress),
	})
	err = sys.Start(ctx)
	r := &result{p: p}
	defer func() { r.faults = append(r.faults, sys.Stop()...) }()
	if err != nil {
		return nil, err
	}
	r.began, r.started, r.start = time.Now(), time.Since(began), sys.Memory()
	fmt.Printf("everything runs after %v\n", r.started.Round(time.Second))

	if err := r.talkAndHarm(ctx, sys, steps); err != nil {
		return nil, err
	}
	if err := r.settle(ctx, sys); err != nil {
		return nil, err
	}
	return r, r.examine()
}

// thinker starts a model for the bot, if it is to take time, and returns its settings.
func thinker(think time.Duration) (env []string, forget func(), err error) {
	if think <= 0 {
		return nil, func() {}, nil
	}
	m, err := model.Start(think)
	if err != nil {
		return nil, nil, err
	}
	return m.Settings(), func() { _ = m.Close() }, nil
}

func build(ctx context.Context, p plan) (string, error) {
	if p.without != "" {
		return mutant.Build(ctx, p.without, p.dir)
	}
	return proc.Parley(ctx, p.dir)
}

// talkAndHarm makes the clients talk, and injects faults meanwhile.
func (r *result) talkAndHarm(ctx context.Context, sys *system.System, steps []harm.Step) error {
	w, err := workload.New(workload.Options{
		Seed: r.p.seed, Visitors: r.p.visitors, Agents: r.p.agents, Rate: r.p.rate, Persons: r.p.persons, Sleepers: r.p.sleepers, Patience: r.p.patience, Signed: r.p.signed, Files: r.p.withFiles(), FileSize: r.p.fileSize, Old: r.p.old != "", Teams: r.p.old == "" && r.p.agents > 1, Length: r.p.length, Quiet: r.p.quiet,
		Dir: r.p.dir, Gateways: sys.Gateways, Admin: system.AdminPassword, Began: r.began,
	})
	if err != nil {
		return err
	}
	var mu sync.Mutex // guards r.harms
	skew := time.Since(r.began)
	g, ctx := errgroup.WithContext(ctx)
	talking, over := context.WithCancel(ctx)
	g.Go(func() error {
		defer over()
		var err error
		r.talk, err = w.Run(ctx)
		return err
	})
	g.Go(func() error {
		counts, err := harm.Run(ctx, steps, sys, w.Attack, func(h history.Harm) {
			mu.Lock()
			defer mu.Unlock()
			h.At, h.Until = h.At+skew, h.Until+skew
			r.harms = append(r.harms, h)
		})
		r.counts = counts
		return err
	})
	g.Go(func() error {
		watch(talking, r.began, w, sys, func() int { mu.Lock(); defer mu.Unlock(); return len(r.harms) })
		return nil
	})
	err = g.Wait()
	r.talked = time.Since(r.began)
	r.before = sys.Memory()
	return err
}

// settle waits until the store has everything, and reads streams and store.
func (r *result) settle(ctx context.Context, sys *system.System) error {
	began := time.Now()
	place := dump.Place{File: sys.StoreFile(), Mongo: sys.MongoURL()}
	_, inStreams, err := dump.AwaitStore(ctx, sys.NATSURL(), place, min(patience, r.p.quiet))
	if err != nil {
		return err
	}
	if r.streamed, err = dump.Stream(ctx, sys.NATSURL(), r.p.dir, inStreams); err != nil {
		return err
	}
	if r.stored, err = dump.Store(ctx, place, r.p.dir); err != nil {
		return err
	}
	if err := r.fetch(ctx, sys); err != nil {
		return err
	}
	if r.p.old == "" { // an earlier version writes none
		if r.audited, err = dump.Audit(ctx, sys.NATSURL(), r.p.dir); err != nil {
			return err
		}
	}
	if r.dead, err = dump.Dead(ctx, sys.NATSURL()); err != nil {
		return err
	}
	r.settled, r.after, r.peaks = time.Since(began), sys.Memory(), sys.Peaks()
	return errors.Join(history.Write(filepath.Join(r.p.dir, history.HarmFile), r.harms), history.Write(filepath.Join(r.p.dir, history.TeamsFile), r.talk.Teams))
}

// agentCapacity is how many chats an agent may have, fewer than they take at once.
const agentCapacity = 3

// capacity is what the checker may expect of it: an earlier version does not count what is taken
// by hand.
func (p plan) capacity() int {
	if p.old != "" {
		return 0
	}
	return agentCapacity
}

// examine checks what the run left behind.
func (r *result) examine() error {
	began := time.Now()
	fmt.Println("checking what everybody saw")
	var err error
	if r.report, err = check.Run(r.p.dir, check.Options{Old: r.p.old != "", Audited: r.p.old == "", Capacity: r.p.capacity()}); err != nil {
		return err
	}
	clients, err := history.Clients(r.p.dir)
	if err != nil {
		return err
	}
	var waits []recovery.Wait
	for name, entries := range clients {
		if strings.HasPrefix(name, history.Strangers) {
			continue // who wants too much has to wait
		}
		waits = append(waits, recovery.Waits(entries)...)
	}
	r.recoveries = recovery.Of(r.harms, waits)
	r.examined = time.Since(began)
	return nil
}
