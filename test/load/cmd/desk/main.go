// Command desk shows how agents get chats, with three replicas of the escalation worker: that
// everybody may press "take" on everything and each chat has one agent, nobody more than they may,
// and everybody else reads who has it; the same while chats are assigned and replicas are killed;
// how long it takes until whoever has a free place has the next chat; that what is set for the
// desk reaches every replica, whole, also if one is killed meanwhile; and the same of what an agent
// types on one device for the other.
//
//	go run ./cmd/desk                      all of it: 50 agents, 500 chats
//	go run ./cmd/desk take assign          some of it: take, assign, free, settings, drafts
//	go run ./cmd/desk -agents 8 -chats 80  smaller
//	go run ./cmd/desk -without reservation take   a build that lacks a mechanism: must be caught
//
// It runs a whole Parley as processes, counts from the chats' logs, and checks everything that
// every client saw as the torture does. It exits with 1 if a promise was broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// plan is what one run is made of.
type plan struct {
	seed                         uint64
	agents, chats                int
	gateways, escalations, nodes int
	length, every, pause         time.Duration
	frees, changes, kills        int
	quiet                        time.Duration
	sync, without, dir, program  string
	keep                         bool
}

// capacity is how many chats an agent may have: there are as many places as chats, or a few more.
func (p plan) capacity() int { return (p.chats + p.agents - 1) / p.agents }

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "desk:", err)
	}
	os.Exit(code)
}

// run returns the exit code: 1 for a broken promise, 2 for a run that could not be made.
func run(args []string) (int, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, some, err := read(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 2, err
	}
	if err := measure.Files(8192); err != nil {
		return 2, err
	}
	if p.dir, err = measure.Folder(p.dir, "parley-desk-"); err != nil {
		return 2, err
	}
	if p.without != "" {
		p.program, err = mutant.Build(ctx, p.without, p.dir)
	} else {
		p.program, err = proc.Parley(ctx, p.dir)
	}
	if err != nil {
		return 2, err
	}
	broken := false
	for _, one := range some {
		o, err := p.play(ctx, one)
		if err != nil {
			return 2, fmt.Errorf("%s: %w (the folder is %s)", one.name, err, p.dir)
		}
		o.print(os.Stdout)
		broken = broken || len(o.broken) > 0
	}
	if broken || p.keep {
		fmt.Println("\nEverything is in", p.dir)
	}
	switch {
	case broken:
		return 1, nil
	case p.keep:
		return 0, nil
	}
	return 0, os.RemoveAll(p.dir)
}

func read(args []string) (p plan, some []scenario, err error) {
	f := flag.NewFlagSet("desk", flag.ContinueOnError)
	f.Uint64Var(&p.seed, "seed", rand.Uint64N(1_000_000), "what agents do when; a random one where it is not given")
	f.IntVar(&p.agents, "agents", 50, "how many agents there are")
	f.IntVar(&p.chats, "chats", 500, "how many chats wait; the agents together may have as many, or a few more")
	f.IntVar(&p.gateways, "gateways", 3, "replicas of the gateway")
	f.IntVar(&p.escalations, "escalations", 3, "replicas of the escalation worker")
	f.IntVar(&p.nodes, "nodes", 1, "NATS servers: 1, or a cluster of 3 with three replicas")
	f.StringVar(&p.sync, "sync", "always", "when NATS syncs to the disk: always, or a time")
	f.DurationVar(&p.length, "length", 30*time.Second, "assign: how long agents close chats, go away and come back, while replicas are killed")
	f.DurationVar(&p.every, "every", 2*time.Second, "assign: the time between two kills")
	f.DurationVar(&p.pause, "pause", 5*time.Second, "free: about how long an agent has a chat before closing one")
	f.IntVar(&p.frees, "frees", 500, "free: how many chats are closed")
	f.IntVar(&p.changes, "changes", 20, "settings, drafts: how many changes are followed")
	f.IntVar(&p.kills, "kills", 20, "settings, drafts: how many changes are made while a process is killed")
	f.DurationVar(&p.quiet, "quiet", 3*time.Minute, "how long each step may take")
	f.StringVar(&p.without, "without", "", "build Parley without a mechanism: "+strings.Join(mutant.Names(), ", "))
	f.StringVar(&p.dir, "dir", "", "folder of the run; by default a temporary one")
	f.BoolVar(&p.keep, "keep", false, "keep the folder even if every promise was kept")
	if err := f.Parse(args); err != nil {
		return p, nil, err
	}
	if p.agents < 2 || p.agents > 200 || p.chats < p.agents || p.chats > 5000 {
		return p, nil, errors.New("there are 2 to 200 agents, and at least as many chats, at most 5,000")
	}
	if p.gateways < 2 || p.escalations < 2 {
		return p, nil, errors.New("there are at least two gateways and two escalation workers")
	}
	if p.pause <= 0 || p.every <= 0 {
		return p, nil, errors.New("-pause and -every are more than nothing")
	}
	some, err = named(f.Args())
	return p, some, err
}

// scenario is one thing that is shown.
type scenario struct {
	name, shows string
	env         func(plan) []string // settings beside the common ones
	people      func(plan) int      // agents
	play        func(context.Context, *floor, *outcome) error
}

var scenarios = []scenario{
	{"take", "everybody presses \"take\" on everything at once", func(p plan) []string {
		return []string{"ASSIGN=manual", fmt.Sprint("AGENT_CAPACITY=", p.capacity())}
	}, everybody, take},
	{"assign", "chats are assigned while replicas of the escalation worker are killed", func(p plan) []string {
		return []string{"ASSIGN=auto", fmt.Sprint("AGENT_CAPACITY=", p.capacity())}
	}, everybody, assign},
	{"free", "an agent closes a chat, and is given the next one", func(p plan) []string {
		return []string{"ASSIGN=auto", fmt.Sprint("AGENT_CAPACITY=", p.half())}
	}, everybody, free},
	{"settings", "what is set reaches every replica, whole", func(p plan) []string {
		return []string{"ASSIGN=manual", fmt.Sprint("AGENT_CAPACITY=", p.capacity())}
	}, func(plan) int { return settingsPeople }, settings},
	{"drafts", "what is typed on one device is on the other, whole", func(plan) []string {
		return []string{"ASSIGN=manual"}
	}, func(plan) int { return 1 }, drafts},
}

// half is a capacity with which half of the chats wait.
func (p plan) half() int { return max(1, p.capacity()/2) }

func everybody(p plan) int { return p.agents }

// named returns the scenarios of these names; all without a name.
func named(names []string) (some []scenario, err error) {
	if len(names) == 0 {
		return scenarios, nil
	}
	for _, name := range names {
		found := false
		for _, one := range scenarios {
			if one.name == name {
				some, found = append(some, one), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no %q; there are take, assign, free, settings and drafts, after all flags", name)
		}
	}
	return some, nil
}

// folder is the scenario's own.
func (p plan) folder(one scenario) (string, error) {
	dir := filepath.Join(p.dir, one.name)
	return dir, os.MkdirAll(dir, 0o700)
}
