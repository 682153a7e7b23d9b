// Command overload shows what Parley does with more load than it can handle. It first
// measures what one process answers. Then it starts a fresh one with its default limits,
// makes some visitors talk with it (the served), and floods it for a while: newcomers
// from thousands of addresses who talk as fast as one address may, sockets that send
// nonsense, hellos and pages without a pause, sockets that come and go, and clients that
// read nothing; together many times what was measured. It prints a line a second, and at
// the end how the served fared and how much memory was used before, during and after the
// flood.
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
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// plan is what one run does. All of it is bounded.
type plan struct {
	served, newcomers, noisy, slow, comers int
	times                                  float64
	capacity                               float64 // turns a second; 0: measured
	before, flood, after                   time.Duration
	sync                                   string
	env                                    []string
}

func main() {
	var p plan
	flag.IntVar(&p.served, "served", 20, "visitors who talk before, during and after the flood")
	flag.IntVar(&p.newcomers, "newcomers", 3000, "visitors of the flood, each from an address of its own")
	flag.IntVar(&p.noisy, "noisy", 200, "sockets that send nonsense, hellos and pages without a pause")
	flag.IntVar(&p.slow, "slow", 200, "sockets that ask for pages and read nothing")
	flag.IntVar(&p.comers, "comers", 50, "sockets that come, say hello and go, again and again")
	flag.Float64Var(&p.times, "times", 10, "what the newcomers send, in multiples of what the system answers")
	flag.Float64Var(&p.capacity, "capacity", 0, "turns a second that the system answers; 0: measure it first")
	flag.DurationVar(&p.before, "before", 10*time.Second, "how long the served talk alone")
	flag.DurationVar(&p.flood, "flood", 30*time.Second, "how long the flood lasts")
	flag.DurationVar(&p.after, "after", 30*time.Second, "how long the served talk alone again")
	flag.StringVar(&p.sync, "sync", "always", "NATS_SYNC of the process")
	program := flag.String("parley", "", "a Parley that is built already, to compare with")
	env := flag.String("env", "", "more settings for it, separated by commas")
	flag.Parse()
	if *env != "" {
		p.env = strings.Split(*env, ",")
	}
	if err := run(p, *program); err != nil {
		fmt.Fprintln(os.Stderr, "overload:", err)
		os.Exit(1)
	}
}

func (p plan) check() error {
	for what, n := range map[string]int{"served": p.served, "newcomers": p.newcomers, "noisy": p.noisy, "slow": p.slow, "comers": p.comers} {
		if n < 0 || n > 8000 {
			return fmt.Errorf("-%s is a number from 0 to 8000", what)
		}
	}
	if p.served < 1 || p.times < 0 || p.times > 100 || p.before+p.flood+p.after > 15*time.Minute {
		return fmt.Errorf("at least one visitor is served, -times is 100 at most, and a run takes 15 minutes at most")
	}
	return nil
}

func run(p plan, program string) error {
	if err := p.check(); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure.Files(uint64(p.served + p.newcomers + p.noisy + p.slow + p.comers + 4096)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parley-overload-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if program == "" {
		if program, err = proc.Parley(ctx, dir); err != nil {
			return err
		}
	}
	if p.capacity == 0 {
		if p.capacity, err = capacity(ctx, p, program, dir); err != nil {
			return err
		}
	}
	fmt.Printf("the system answers %.0f turns a second; the newcomers send %.0f\n", p.capacity, p.times*p.capacity)
	// The served talk for minutes, faster than people do.
	return withParley(ctx, p, program, dir, []string{"MESSAGES_PER_CHAT=0"}, func(sys *scenario.System) error {
		return play(ctx, p, sys)
	})
}

// withParley runs f against a Parley of its own on an empty folder.
func withParley(ctx context.Context, p plan, program, dir string, env []string, f func(*scenario.System) error) error {
	sys, err := scenario.Start(ctx, scenario.Spec{
		Label: "parley", Program: program, Together: true, Sync: p.sync, Limited: true, Env: append(append([]string{"LOG_LEVEL=error"}, p.env...), env...),
	}, dir)
	if err != nil {
		return err
	}
	defer sys.Stop()
	process := sys.Parts[0].Process
	if err := f(sys); err != nil {
		return fmt.Errorf("%w\n%s", err, process.Tail())
	}
	if process.Died() {
		return fmt.Errorf("parley died:\n%s", process.Tail())
	}
	return nil
}

// calibrateFor is how long the capacity is measured, after as long to warm up.
const calibrateFor = 5 * time.Second

// capacity measures the turns a second of a Parley without rate limits, a hundred
// visitors talking at once.
func capacity(ctx context.Context, p plan, program, dir string) (turns float64, err error) {
	err = withParley(ctx, p, program, dir, proc.Unlimited, func(sys *scenario.System) error {
		talking, stop := context.WithCancel(ctx)
		t := speak(talking, sys.Base, "Calibration", 100, 0)
		pause(ctx, calibrateFor)
		t.take()
		pause(ctx, calibrateFor)
		turns = float64(len(t.take().replies)) / calibrateFor.Seconds()
		stop()
		t.wait()
		if turns == 0 && ctx.Err() == nil {
			return fmt.Errorf("nobody was answered")
		}
		return ctx.Err()
	})
	return turns, err
}

// pause waits, or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
