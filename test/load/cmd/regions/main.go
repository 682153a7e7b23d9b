// Command regions runs two or three regions of Parley on this machine, with lines across an ocean
// between them that are slow, lose packets and are cut.
//
//	go run ./cmd/regions                     the torture: visitors and agents who move, and harm
//	go run ./cmd/regions -seed 7 -length 20m the same harm as another run with seed 7
//	go run ./cmd/regions -without homing     a build that lacks a mechanism: must be caught
//	go run ./cmd/regions measure             what distance costs, beside one region
//	go run ./cmd/regions cut                 a cut of a minute under 30 messages a second
//	go run ./cmd/regions lose                a region killed with its disks: what is lost, without and with a copy
//
// It exits with 1 if a promise was broken. docs/regions.md has the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// plan is what one run is made of.
type plan struct {
	seed                       uint64
	length, calm, every, quiet time.Duration
	harms, moves               time.Duration
	regions, visitors, agents  int
	rate, persons, loss        float64
	delay                      time.Duration
	without, dir               string
	keep, giveUp, copies       bool
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "regions:", err)
	}
	os.Exit(code)
}

// run returns the exit code: 1 for a broken promise, 2 for a run that could not be made.
func run(args []string) (int, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	what := "torture"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		what, args = args[0], args[1:]
	}
	do := map[string]func(context.Context, plan) (broken bool, err error){"torture": torture, "measure": figures, "cut": oneCut, "lose": lose}[what]
	if do == nil {
		return 2, fmt.Errorf("there is no %q; there are measure, cut and lose, and the torture without a word", what)
	}
	p, err := read(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err == nil {
		err = measure.Files(8192)
	}
	if err == nil {
		p.dir, err = measure.Folder(p.dir, "parley-regions-")
	}
	if err != nil {
		return 2, err
	}
	broken, err := do(ctx, p)
	switch {
	case err != nil:
		return 2, fmt.Errorf("%w (the folder is %s)", err, p.dir)
	case broken:
		fmt.Println("\nEverything is in", p.dir)
		return 1, nil
	case p.keep:
		fmt.Println("\nEverything is in", p.dir)
		return 0, nil
	}
	return 0, os.RemoveAll(p.dir)
}

func read(args []string) (p plan, err error) {
	f := flag.NewFlagSet("regions", flag.ContinueOnError)
	f.Uint64Var(&p.seed, "seed", rand.Uint64N(1_000_000), "what harm is done, and what visitors do; a random one where it is not given")
	f.DurationVar(&p.length, "length", 3*time.Minute, "how long visitors talk")
	f.DurationVar(&p.calm, "calm", 0, "the time without harm at the end; 0 is a fifth of the length, at most a minute")
	f.DurationVar(&p.every, "every", 8*time.Second, "the mean time between two cuts")
	f.DurationVar(&p.harms, "harms", 8*time.Second, "the mean time between two other harms in each region; 0: none")
	f.DurationVar(&p.quiet, "quiet", 5*time.Minute, "how long everything may take to come to rest in the end")
	f.DurationVar(&p.moves, "moves", 5*time.Second, "the mean time between two chats that are moved to another region; 0: none")
	f.BoolVar(&p.giveUp, "give-up", false, "kill one region for good, and give it up; it comes back late")
	f.BoolVar(&p.copies, "copy", true, "each region keeps a copy of the others' chats, which has to be complete in the end")
	f.IntVar(&p.regions, "regions", 2, "how many regions: 2 or 3")
	f.IntVar(&p.visitors, "visitors", 24, "how many visitors there are at once")
	f.IntVar(&p.agents, "agents", 4, "how many agents")
	f.Float64Var(&p.rate, "rate", 30, "messages a second of all visitors")
	f.Float64Var(&p.persons, "persons", 0, "the probability that a visitor requests a person after some messages; 0 is once or twice in every sixth visit")
	f.Float64Var(&p.loss, "loss", .01, "the probability that a packet between two regions is lost")
	f.DurationVar(&p.delay, "delay", 60*time.Millisecond, "how long a packet takes from one region to another")
	f.StringVar(&p.without, "without", "", "build Parley without a mechanism: "+strings.Join(mutant.Names(), ", "))
	f.StringVar(&p.dir, "dir", "", "folder of the run; by default a temporary one")
	f.BoolVar(&p.keep, "keep", false, "keep the folder even if every promise was kept")
	if err := f.Parse(args); err != nil {
		return p, err
	}
	if f.NArg() > 0 {
		return p, fmt.Errorf("what is %q? Flags begin with a dash", f.Arg(0))
	}
	if p.regions < 2 || p.regions > 3 {
		return p, fmt.Errorf("-regions %d: there are 2 or 3", p.regions)
	}
	if p.calm == 0 {
		p.calm = min(p.length/5, time.Minute)
	}
	return p, nil
}

func build(ctx context.Context, p plan) (string, error) {
	if p.without != "" {
		return mutant.Build(ctx, p.without, p.dir)
	}
	return proc.Parley(ctx, p.dir)
}
