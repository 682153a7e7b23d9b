// Command torture runs a whole Parley as processes on this machine, makes visitors and
// agents talk, injects faults into every part of it meanwhile, and then checks what every
// client saw, the streams and the store against what Parley promises.
//
//	go run ./cmd/torture                          three minutes, any seed
//	go run ./cmd/torture -seed 7 -length 30m      the same faults as another run with seed 7
//	go run ./cmd/torture -without message-id      a build that lacks a mechanism: must be caught
//	go run ./cmd/torture -old PARLEY              upgrades from that build to this one, and back
//	go run ./cmd/torture check FOLDER             check a run's folder again
//
// It exits with 1 if a promise was broken. docs/torture.md explains the rest.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/harm"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/system"
)

// plan is what one run is made of.
type plan struct {
	seed                                 uint64
	length, calm, every, quiet           time.Duration
	visitors, agents                     int
	rate, persons, sleepers, most        float64
	patience, think                      time.Duration
	nodes                                int
	gateways, bots, escalations, stories int
	sync, store                          string
	signed                               bool
	files                                float64
	fileSize                             int
	kinds                                []harm.Kind
	without                              string
	old                                  string
	order                                []string
	between                              time.Duration
	dir                                  string
	keep                                 bool
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
	}
	os.Exit(code)
}

// run returns the exit code: 1 for a broken promise, 2 for a run that could not be made.
func run(args []string) (int, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(args) > 0 && args[0] == "check" {
		return again(args[1:])
	}
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
	if p.dir, err = measure.Folder(p.dir, "parley-torture-"); err != nil {
		return 2, err
	}
	r, err := torture(ctx, p)
	if err != nil {
		return 2, fmt.Errorf("%w (the folder is %s)", err, p.dir)
	}
	r.print(os.Stdout)
	if r.broken() {
		fmt.Printf("\nEverything is in %s; what was done to it in harm.jsonl, what the processes said in logs.\nThe same harm again: %s\n", p.dir, p.command())
		return 1, nil
	}
	if !p.keep {
		return 0, os.RemoveAll(p.dir)
	}
	fmt.Println("\nEverything is in", p.dir)
	return 0, nil
}

func read(args []string) (plan, error) {
	var p plan
	f := flag.NewFlagSet("torture", flag.ContinueOnError)
	f.Uint64Var(&p.seed, "seed", rand.Uint64N(1_000_000), "what harm is done, and what visitors do; a random one where it is not given")
	f.DurationVar(&p.length, "length", 3*time.Minute, "how long visitors talk")
	f.DurationVar(&p.calm, "calm", 0, "the time without faults at the end; 0 is a fifth of the length, at most a minute")
	f.DurationVar(&p.every, "every", 4*time.Second, "the mean time between two faults")
	f.DurationVar(&p.quiet, "quiet", 10*time.Minute, "how long everything may take to come to rest in the end")
	f.IntVar(&p.visitors, "visitors", 40, "how many visitors there are at once")
	f.IntVar(&p.agents, "agents", 6, "how many agents")
	f.Float64Var(&p.rate, "rate", 60, "messages a second of all visitors; 0 is as fast as they are answered")
	f.Float64Var(&p.persons, "persons", 0, "the probability that a visitor requests a person after some messages; 0 is once or twice in every sixth visit")
	f.Float64Var(&p.sleepers, "sleepers", 0, "the share of visitors, from 0 to 1, who are cut off for eleven minutes early in their visit and then resend more than they must; 0 is about one of thirty, at any time")
	f.Float64Var(&p.most, "most", 100000, "how many frames a second a connection may send (RATE_PER_CONNECTION)")
	f.DurationVar(&p.patience, "patience", 30*time.Second, "how long visitors wait for an answer before they write again")
	f.DurationVar(&p.think, "think", 0, "the bot asks a language model that takes this long; 0: it answers from its pages")
	f.IntVar(&p.nodes, "nodes", 3, "NATS servers: 1, or a cluster of 3 with three replicas")
	f.IntVar(&p.gateways, "gateways", 2, "replicas of the gateway")
	f.IntVar(&p.bots, "bots", 3, "replicas of the bot worker")
	f.IntVar(&p.escalations, "escalations", 2, "replicas of the escalation worker")
	f.IntVar(&p.stories, "histories", 2, "replicas of the history worker")
	f.StringVar(&p.sync, "sync", "always", "when NATS syncs to the disk: always, or a time")
	f.StringVar(&p.store, "store", system.SQLite, "the store: sqlite, or mongo (the compatible server of Parley's tests, which is slow)")
	f.BoolVar(&p.signed, "signed", false, "the site says who its visitors are, with tokens that it signs (VISITOR_AUTH=signed)")
	f.Float64Var(&p.files, "files", .02, "the share of visitors' messages with a file")
	f.IntVar(&p.fileSize, "file-size", 1<<20, "how many bytes the largest file has; each power of two up to that is as likely")
	kinds := f.String("harm", "all", "kinds of faults, separated by commas, or none: "+kindList())
	f.StringVar(&p.without, "without", "", "build Parley without a mechanism: "+strings.Join(mutant.Names(), ", "))
	f.StringVar(&p.old, "old", "", "begin with this program, an earlier build of Parley, and upgrade every role to the present one while everybody talks, back again, and so on; without other harm, unless -harm is given")
	order := f.String("order", "", "with -old: the order in which the roles are upgraded, with commas between; by default a different one each time, and each role comes first in turn")
	f.DurationVar(&p.between, "between", 40*time.Second, "with -old: the time for each upgrade or way back")
	f.StringVar(&p.dir, "dir", "", "folder of the run; by default a temporary one")
	f.BoolVar(&p.keep, "keep", false, "keep the folder even if every promise was kept")
	if err := f.Parse(args); err != nil {
		return p, err
	}
	if f.NArg() > 0 {
		return p, fmt.Errorf("what is %q? Flags begin with a dash", f.Arg(0))
	}
	if p.calm == 0 {
		p.calm = min(p.length/5, time.Minute)
	}
	if p.old != "" {
		given := false
		f.Visit(func(f *flag.Flag) { given = given || f.Name == "harm" })
		if !given {
			*kinds = "none"
		}
	}
	var err error
	if p.kinds, err = chosen(*kinds); err != nil {
		return p, err
	}
	return p, p.upgrades(*order)
}

// upgrades checks what -old and -order say.
func (p *plan) upgrades(order string) error {
	if p.old == "" {
		if order != "" {
			return errors.New("-order is for upgrades, and needs -old")
		}
		return nil
	}
	var err error
	if p.old, err = filepath.Abs(p.old); err != nil {
		return err
	}
	if info, err := os.Stat(p.old); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
		return fmt.Errorf("-old %s is no program that can be run", p.old)
	}
	if p.between < 10*time.Second || p.between+time.Second > p.length-p.calm {
		return fmt.Errorf("-between is %v: an upgrade takes at least 10s, and -length less -calm is %v", p.between, p.length-p.calm)
	}
	if order == "" {
		return nil
	}
	p.order = strings.Split(order, ",")
	if sorted := slices.Sorted(slices.Values(p.order)); !slices.Equal(sorted, slices.Sorted(slices.Values(harm.Roles()))) {
		return fmt.Errorf("-order %s: name each of %s once", order, strings.Join(harm.Roles(), ","))
	}
	return nil
}

func kindList() string {
	var names []string
	for _, k := range harm.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// chosen reads the kinds of faults; with none there are no faults.
func chosen(list string) ([]harm.Kind, error) {
	switch list {
	case "all":
		return harm.Kinds(), nil
	case "none", "":
		return nil, nil
	}
	var kinds []harm.Kind
	for name := range strings.SplitSeq(list, ",") {
		k := harm.Kind(strings.TrimSpace(name))
		if !strings.Contains(", "+kindList()+",", ", "+string(k)+",") {
			return nil, fmt.Errorf("there is no kind of fault %q; there are %s", k, kindList())
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

// command is the command that repeats the run.
func (p plan) command() string {
	var kinds []string
	for _, k := range p.kinds {
		kinds = append(kinds, string(k))
	}
	list := cmp.Or(strings.Join(kinds, ","), "none")
	if len(p.kinds) == len(harm.Kinds()) {
		list = "all"
	}
	s := fmt.Sprintf("go run ./cmd/torture -seed %d -length %v -calm %v -every %v -visitors %d -agents %d -rate %g -persons %g -sleepers %g -most %g -patience %v -think %v -nodes %d -gateways %d -bots %d -escalations %d -histories %d -sync %s -store %s -files %g -file-size %d -harm %q",
		p.seed, p.length, p.calm, p.every, p.visitors, p.agents, p.rate, p.persons, p.sleepers, p.most, p.patience, p.think, p.nodes, p.gateways, p.bots, p.escalations, p.stories, p.sync, p.store, p.files, p.fileSize, list)
	if p.without != "" {
		s += " -without " + p.without
	}
	if p.signed {
		s += " -signed"
	}
	if p.old != "" {
		s += fmt.Sprintf(" -old %s -between %v", p.old, p.between)
	}
	if len(p.order) > 0 {
		s += " -order " + strings.Join(p.order, ",")
	}
	return s
}

// again checks a folder that a run left.
func again(args []string) (int, error) {
	if len(args) != 1 {
		return 2, errors.New("usage: torture check FOLDER")
	}
	report, err := check.Run(args[0], check.Options{})
	if err != nil {
		return 2, err
	}
	report.Format(os.Stdout)
	if len(report.Violations) > 0 {
		return 1, nil
	}
	return 0, nil
}
