// Command scale shows that a role's throughput follows its replica count, and that
// nothing is lost, doubled or out of order while that count changes. It runs a whole
// Parley as processes, whose bot asks a language model that answers after a fixed delay;
// makes enough visitors talk that there is always more to answer than the replicas can;
// starts and stops replicas meanwhile; and prints how much was answered in each stage.
// Then it waits until everything is quiet and checks what every client saw, the streams
// and the store against what Parley promises, as the torture does.
//
//	go run ./cmd/scale                               one bot worker, four, one
//	go run ./cmd/scale -stages 1,2,3,4 -delay 5s     more stages, fewer turns a second
//	go run ./cmd/scale -role gateway -stages 1,3,1   of another role, while the bot sets the pace
//
// The model is slow enough that two processors are enough for all of the bot's replicas:
// with -delay 1s four of them would need both.
//
// It exits with 1 if a promise was broken. docs/torture.md describes it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// workers is how many chats a bot worker thinks about at once. Parley has no
// setting for it.
const workers = 128

// longestDelay is well below the time that the bot waits for a model's first word, and no
// longer than the steps in which a run reports its progress.
const longestDelay = step

// plan is what one run is made of.
type plan struct {
	role           string
	stages         []int
	length, settle time.Duration // of a stage; until what it does is counted
	delay, quiet   time.Duration
	visitors       int
	nodes, others  int
	sync           string
	dir            string
	keep           bool
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
	}
	os.Exit(code)
}

// run returns the exit code: 1 for a broken promise, 2 for a run that could not be made.
func run(args []string) (int, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p, err := read(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0, nil
	}
	if err != nil {
		return 2, err
	}
	if err := measure.Files(8192); err != nil {
		return 2, err
	}
	if p.dir, err = measure.Folder(p.dir, "parley-scale-"); err != nil {
		return 2, err
	}
	r, err := scale(ctx, p)
	if err != nil {
		return 2, fmt.Errorf("%w (the folder is %s)", err, p.dir)
	}
	r.print(os.Stdout)
	switch {
	case r.broken():
		fmt.Println("\nEverything is in", p.dir)
		return 1, nil
	case p.keep:
		fmt.Println("\nEverything is in", p.dir)
		return 0, nil
	}
	return 0, os.RemoveAll(p.dir)
}

func read(args []string) (plan, error) {
	var p plan
	f := flag.NewFlagSet("scale", flag.ContinueOnError)
	f.StringVar(&p.role, "role", system.Botworker, "whose replicas change: "+strings.Join(roles, ", "))
	list := f.String("stages", "1,4,1", "how many replicas there are, stage by stage")
	f.DurationVar(&p.length, "length", 75*time.Second, "how long a stage lasts")
	f.DurationVar(&p.settle, "settle", 35*time.Second, "how long of that before anything is counted")
	f.DurationVar(&p.delay, "delay", 3*time.Second, "how long the model takes to answer")
	f.IntVar(&p.visitors, "visitors", 0, "how many visitors talk, each with one message open; 0: a quarter more than all bot workers think about at once")
	f.IntVar(&p.others, "others", 2, "replicas of each role whose number does not change")
	f.IntVar(&p.nodes, "nodes", 1, "NATS servers: 1, or a cluster of 3 with three replicas")
	f.StringVar(&p.sync, "sync", "always", "when NATS syncs to the disk: always, or a time")
	f.DurationVar(&p.quiet, "quiet", 3*time.Minute, "how long everything may take to come to rest in the end")
	f.StringVar(&p.dir, "dir", "", "folder of the run; by default a temporary one")
	f.BoolVar(&p.keep, "keep", false, "keep the folder even if every promise was kept")
	if err := f.Parse(args); err != nil {
		return p, err
	}
	if f.NArg() > 0 {
		return p, fmt.Errorf("what is %q? Flags begin with a dash", f.Arg(0))
	}
	var err error
	if p.stages, err = parseStages(*list); err != nil {
		return p, err
	}
	if p.visitors == 0 {
		p.visitors = workers * p.bots() * 5 / 4
	}
	return p, p.check()
}

func (p plan) check() error {
	var faults []error
	if !slices.Contains(roles, p.role) {
		faults = append(faults, fmt.Errorf("there is no role %q; there are %s", p.role, strings.Join(roles, ", ")))
	}
	if p.settle < 0 || p.length < p.settle+time.Second || p.length > time.Hour {
		faults = append(faults, errors.New("a stage is longer than its settling by a second at least, and lasts an hour at most"))
	}
	if p.delay <= 0 || p.delay > longestDelay {
		faults = append(faults, fmt.Errorf("the model answers after more than nothing, and after %v at most", longestDelay))
	}
	if p.visitors < 1 || p.visitors > 4000 {
		faults = append(faults, errors.New("there are 1 to 4000 visitors"))
	}
	if p.others < 1 || p.others > mostReplicas {
		faults = append(faults, fmt.Errorf("other roles have 1 to %d replicas", mostReplicas))
	}
	return errors.Join(faults...)
}

// replicas returns how many of the role there are at most.
func (p plan) replicas(role string) int {
	if role == p.role {
		return slices.Max(p.stages)
	}
	return p.others
}

func (p plan) bots() int { return p.replicas(system.Botworker) }
