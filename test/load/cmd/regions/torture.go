package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/harm"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload"
	"github.com/parley-chat/parley/test/load/internal/world"
)

// maxMoves is how often a chat can be moved.
const maxMoves = 3

// patience is how long a store may take to hold all that the streams do, once it no longer grows.
const patience = time.Minute

// kinds are the harms that each region suffers beside the cuts: a region that is killed as a
// whole is one of them.
var kinds = []harm.Kind{harm.Kill, harm.Pause, harm.Roll, harm.Cut, harm.Freeze, harm.KillNode, harm.KillAll}

// result is the result of a torture.
type result struct {
	p      plan
	talk   workload.Result
	faults []string
	report check.Report
	dead   uint64
	bytes  int64
	harms  map[string]int
	moving *world.Moving
	giving *world.GivingUp

	mu   sync.Mutex // guards what follows
	done []history.Harm
}

// each is what one region is made of.
func each(p plan) system.Options {
	return system.Options{Gateways: 2, Bots: 2, Escalations: 1, Histories: 1, NATSNodes: 1, Sync: "always", Streams: 8}
}

// torture is one run: start, talk and do harm, settle, read everything, check.
func torture(ctx context.Context, p plan) (broken bool, err error) {
	program, err := build(ctx, p)
	if err != nil {
		return false, err
	}
	w := world.New(world.Options{Program: program, Dir: p.dir, Regions: p.regions, Delay: p.delay, Loss: p.loss, Each: each(p), Copy: p.copies})
	r := &result{p: p, harms: map[string]int{}}
	stopped := sync.OnceFunc(func() { r.faults = append(r.faults, w.Stop()...) })
	defer stopped()
	if err := w.Start(ctx); err != nil {
		return false, err
	}
	if err := known(ctx, w, p.agents); err != nil {
		return false, err
	}
	fmt.Printf("seed %d: %v, %d regions, %d visitors; the folder is %s\n", p.seed, p.length, p.regions, p.visitors, p.dir)
	if err := r.talkAndHarm(ctx, w); err != nil {
		return false, err
	}
	r.bytes = w.Crossed()
	still := min(patience, p.quiet)
	if p.moves > 0 || p.copies { // the stores have more than the streams then, and are never equal to them
		still = min(still, 20*time.Second)
	}
	streamed, stored, dead, err := w.Dump(ctx, still)
	if err != nil {
		return false, err
	}
	r.dead = dead
	for between, n := range w.Uncopied {
		if p.copies {
			r.faults = append(r.faults, fmt.Sprintf("%s: %d events are not in the copy", between, n))
		}
	}
	if err := history.Write(filepath.Join(p.dir, history.HarmFile), r.done); err != nil {
		return false, err
	}
	stopped()
	if r.report, err = check.Run(p.dir, check.Options{}); err != nil {
		return false, err
	}
	r.print(streamed, stored)
	return r.broken(), nil
}

// known makes the agents' accounts in the first region and waits until every gateway lets them
// in: accounts need a moment to get across, and this is no test of that.
func known(ctx context.Context, w *world.World, agents int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	all, err := agent.MakeAccounts(ctx, w.Regions[0].Gateways, system.AdminPassword, agents)
	if err != nil {
		return err
	}
	for _, base := range w.Gateways() {
		for _, one := range all {
			if err := agent.AwaitAccount(ctx, base, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// talkAndHarm makes everybody talk, and does harm meanwhile.
func (r *result) talkAndHarm(ctx context.Context, w *world.World) error {
	p := r.p
	load, err := workload.New(workload.Options{
		Seed: p.seed, Visitors: p.visitors, Agents: p.agents, Rate: p.rate, Persons: p.persons, Patience: 30 * time.Second, Regions: true,
		Length: p.length, Quiet: p.quiet, Dir: p.dir, Gateways: w.Gateways, Admin: system.AdminPassword, Began: time.Now(),
	})
	if err != nil {
		return err
	}
	record := func(region string) func(history.Harm) {
		return func(h history.Harm) {
			r.mu.Lock()
			defer r.mu.Unlock()
			if region != "" {
				h.Target = region + ":" + h.Target
			}
			r.done = append(r.done, h)
			r.harms[h.Kind]++
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	talking, over := context.WithCancel(ctx)
	g.Go(func() (err error) {
		defer over()
		r.talk, err = load.Run(ctx)
		return err
	})
	g.Go(func() error {
		w.Run(ctx, world.Cuts(p.seed, p.regions, p.every, p.length-p.calm), record(""))
		return nil
	})
	strayed := make(chan struct{})
	calm := make([]func(), len(w.Regions)) // each ends the harm in a region
	for i, region := range w.Regions {
		calm[i] = func() {}
		if p.harms <= 0 {
			continue
		}
		harming, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		calm[i] = func() { stop(); <-ended }
		o := each(p)
		steps := harm.Plan(p.seed+uint64(i), harm.Options{Length: p.length, Calm: p.calm, Every: p.harms, Kinds: kinds, Gateways: o.Gateways, Bots: o.Bots, Escalations: o.Escalations, Histories: o.Histories, NATSNodes: o.NATSNodes, Streams: o.Streams})
		g.Go(func() error {
			defer close(ended)
			defer stop()
			_, err := harm.Run(harming, steps, region.System, load.Attack, record(region.Name))
			return err
		})
	}
	g.Go(func() error { defer close(strayed); return r.stray(talking, w) })
	if p.giveUp {
		r.giving = w.NewGivingUp(p.seed, p.length)
		g.Go(func() error {
			return r.giving.Run(talking, func() { <-strayed; calm[slices.Index(w.Regions, r.giving.Lost)]() }, record(""))
		})
	}
	if p.moves > 0 {
		moving := w.NewMoving(p.seed, p.moves)
		if p.giveUp {
			moving.Most = maxMoves - 1 // the last one is for those whose region is given up
		}
		g.Go(func() error { return moving.Run(talking, p.length-p.calm, record("")) })
		r.moving = moving
	}
	g.Go(func() error { watch(talking, load, w); return nil })
	return g.Wait()
}

// strayFor is how long a worker of the wrong region may take to refuse.
const strayFor = 30 * time.Second

// stray starts a worker of the first region on the NATS servers of the second one. If it works,
// that is a fault, and it goes on until everybody has talked: the checker has to find what it did.
func (r *result) stray(ctx context.Context, w *world.World) error {
	if !sleep(ctx, r.p.length/8) {
		return nil
	}
	p, err := w.Stray(context.WithoutCancel(ctx), w.Regions[0], w.Regions[1])
	if err != nil {
		return err
	}
	defer p.Kill()
	select {
	case <-p.Done():
		return nil // it refused
	case <-ctx.Done():
		return nil
	case <-time.After(min(strayFor, r.p.length/2)):
	}
	r.mu.Lock()
	r.faults = append(r.faults, "a worker of "+w.Regions[0].Name+" works on the NATS server of "+w.Regions[1].Name)
	r.mu.Unlock()
	<-ctx.Done()
	return nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// watchEvery is the time between two lines of progress.
const watchEvery = 10 * time.Second

func watch(ctx context.Context, load *workload.Workload, w *world.World) {
	for began := time.Now(); sleep(ctx, watchEvery); {
		p := load.Progress()
		fmt.Printf("%6v  %6d accepted, %4d unanswered, %3d with agents, %5d connections, %5d sent again, %.1f MB between regions\n",
			time.Since(began).Round(time.Second), p.Visitors.Acked, p.Visitors.Unanswered, p.Live, p.Visitors.Connections, p.Visitors.Resent, float64(w.Crossed())/1e6)
	}
}

func (r *result) broken() bool {
	return len(r.report.Violations) > 0 || len(r.faults) > 0 || len(r.talk.Loud) > 0 || r.dead > 0
}

func (r *result) print(streamed, stored int) {
	v, a := r.talk.Visitors, r.talk.Agent
	rows := []string{
		fmt.Sprintf("seed\t%d", r.p.seed),
		fmt.Sprintf("accepted\t%d messages and requests of visitors, %d calls of agents; %d sent again", v.Acked, a.Acked, v.Resent+a.Resent),
		fmt.Sprintf("answered\t%d messages by the bot; %d chats taken by agents, %d stepped into", v.Replies, a.Taken, a.SteppedIn),
		fmt.Sprintf("events\t%d in the streams, %d in the stores, %d told to clients", streamed, stored, r.report.Counts.Told),
		fmt.Sprintf("connections\t%d of visitors, %d of agents", v.Connections, a.Connections),
		fmt.Sprintf("between regions\t%.1f MB", float64(r.bytes)/1e6),
		fmt.Sprintf("harm\t%v", r.harms),
	}
	if m := r.moving; m != nil {
		rows = append(rows, fmt.Sprintf("moved\t%d chats; the command was killed %d times and failed %d times, and was run again", m.Moved, m.Killed, m.Again))
	}
	if g := r.giving; g != nil {
		rows = append(rows, fmt.Sprintf("given up\t%s, which goes on in %s, killed at %v, within %v; the command was killed %d times and failed %d times", g.Lost.Name, g.To.Name, g.Loses.Round(time.Second), g.Took.Round(time.Second), g.Killed, g.Again))
	}
	measure.Table(os.Stdout, rows...)
	if r.giving != nil {
		fmt.Println(r.giving.Said)
		if r.giving.Again > 0 {
			fmt.Println("before that it failed:", r.giving.Why)
		}
	}
	for _, name := range r.talk.Loud {
		fmt.Println("not quiet at the end:", name)
	}
	for _, f := range r.faults {
		fmt.Println("fault:", f)
	}
	if r.dead > 0 {
		fmt.Printf("%d messages were given up on\n", r.dead)
	}
	r.report.Format(os.Stdout)
}
