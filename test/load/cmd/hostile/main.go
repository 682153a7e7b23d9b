// Command hostile plays attacks of one stranger on a running Parley, and shows what the
// stranger gets and how honest visitors fare meanwhile, beside how they fare without the
// attack. It exits with 1 if a stranger gets more than a share, or an honest visitor is
// not answered.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/mutant"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// plan is what one run does.
type plan struct {
	url, password, program, names string
	forwarded, short              bool
	without                       string // a mechanism of the tree's Parley
	seconds                       int    // how long an attack lasts
	guests                        int    // honest visitors during an attack, and before it
	patience                      time.Duration
	env                           []string // more settings for a Parley that we start
}

func main() {
	var p plan
	flag.StringVar(&p.url, "url", "", "a Parley that runs already, such as http://127.0.0.1:8080; by default one is started for each attack")
	flag.BoolVar(&p.forwarded, "forwarded", false, "with -url: addresses are chosen by X-Forwarded-For, so this machine must be in its TRUSTED_PROXIES")
	flag.StringVar(&p.password, "password", "", "with -url: the password of admin, for the attacks on sign-in and consoles")
	flag.StringVar(&p.program, "program", "", "a Parley that is built already; by default the tree's is built")
	flag.StringVar(&p.names, "attack", "all", "the attacks, separated by commas: "+list())
	flag.BoolVar(&p.short, "short", false, "smaller attacks, which some seconds are enough for: against smaller shares, and with no limit of frames")
	flag.StringVar(&p.without, "without", "", "take a mechanism out of the tree's Parley: "+strings.Join(mutant.Names(), ", "))
	flag.IntVar(&p.seconds, "seconds", 40, "how long an attack lasts at least")
	flag.IntVar(&p.guests, "guests", 15, "honest visitors who come during each attack, and as many before it")
	flag.DurationVar(&p.patience, "patience", 60*time.Second, "how long an honest visitor waits for an answer")
	env := flag.String("env", "", "more settings for a Parley that is started, separated by commas")
	flag.Parse()
	if *env != "" {
		p.env = strings.Split(*env, ",")
	}
	ok, err := run(p)
	if err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(p plan) (ok bool, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	some, err := named(p.names)
	if err != nil {
		return false, err
	}
	if err := measure.Files(12_000); err != nil {
		return false, err
	}
	if p.url == "" && p.program == "" {
		dir, err := os.MkdirTemp("", "parley-hostile-")
		if err != nil {
			return false, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if p.without != "" {
			p.program, err = mutant.Build(ctx, p.without, dir)
		} else {
			p.program, err = proc.Parley(ctx, dir)
		}
		if err != nil {
			return false, err
		}
	}
	var all []outcome
	for _, a := range some {
		o, err := p.play(ctx, a)
		if err != nil {
			return false, fmt.Errorf("%s: %w", a.name, err)
		}
		if o == nil {
			fmt.Printf("%s is left out: it needs %s\n", a.name, p.lacks(a))
			continue
		}
		fmt.Println(o.line())
		all = append(all, *o)
	}
	fmt.Println()
	table(os.Stdout, all)
	ok = true
	for _, o := range all {
		ok = ok && len(o.broken()) == 0
	}
	return ok, ctx.Err()
}
