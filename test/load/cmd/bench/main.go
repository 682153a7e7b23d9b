// Command bench measures how fast Parley is, with the minimal pipeline of the same shape
// beside it (a gateway, a NATS server and a worker that check nothing), so that every
// figure is also a ratio of two systems in the same minutes on the same machine.
//
//	go run ./cmd/bench                                   this Parley, as separate processes
//	go run ./cmd/bench -together                         the same, all in one process
//	go run ./cmd/bench -sockets 500 -question            with questions that are searched for
//	go run ./cmd/bench -parley OLD -parley NEW           two builds in turn
//	go run ./cmd/bench -profile DIR -sockets 500         with CPU profiles of every process
//	go run ./cmd/bench -url http://127.0.0.1:8080        one that is running already
//	go run ./cmd/bench -what open,ramp,idle,fanout,paging,storm,ready -html out.html
//	go run ./cmd/bench -goals                            the table of docs/performance.md
//
// A turn is a visitor's frame, its acknowledgement, and the bot's reply that covers it on
// the same socket. In a closed loop every visitor has one turn in progress at any time. A
// message that is refused is never counted as a turn; how many there were is in the table.
// CPU time a turn is that of all processes from the first message until everything is
// stored, the history included, divided by all turns.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/pipeline"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "part" { // a process of the pipeline, or NATS
		os.Exit(pipeline.Part(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the command. It prints what it measures as it goes, and a table at the end.
func run(ctx context.Context, args []string, out io.Writer) error {
	p, err := parse(args)
	if err != nil {
		return err
	}
	if err := measure.Files(uint64(p.mostOpen() + 1024)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	report := newReport(p)
	if p.goals {
		err = goalsOf(ctx, p, self, dir, out, report)
	} else {
		err = started(ctx, p, self, dir, out, report)
	}
	return errors.Join(err, report.write(p))
}

// started starts the systems and measures them.
func started(ctx context.Context, p plan, self, dir string, out io.Writer, report *Report) error {
	specs, err := p.specs(self, func() (string, error) { return proc.Parley(ctx, dir) })
	if err != nil {
		return err
	}
	var systems []*scenario.System
	if p.url != "" {
		systems = append(systems, &scenario.System{Spec: scenario.Spec{Label: p.url, Program: p.url}, Base: p.url})
	}
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	for i, spec := range specs {
		if spec.Stored > 0 && spec.Program != "" {
			if spec.Fill, err = proc.Fill(ctx, dir); err != nil {
				return err
			}
			specs[i] = spec
		}
		sys, err := scenario.Start(running, spec, dir)
		if err != nil {
			return err
		}
		defer sys.Stop()
		systems = append(systems, sys)
	}
	if err := report.measureAll(ctx, systems, p, out); err != nil {
		return err
	}
	for _, spec := range specs {
		if spec.Program == "" || !slices.Contains(p.what, "ready") {
			continue
		}
		row, err := ready(ctx, spec, dir)
		if err != nil {
			return err
		}
		report.Ready = append(report.Ready, row)
	}
	report.print(out)
	return nil
}

// goalsOf measures the goals, of the Parley that was given or of this one.
func goalsOf(ctx context.Context, p plan, self, dir string, out io.Writer, report *Report) (err error) {
	g := goals{plan: p, self: self, dir: dir, out: out, report: report}
	if len(p.programs) > 0 {
		g.program, err = filepath.Abs(p.programs[0])
	} else {
		g.program, err = proc.Parley(ctx, dir)
	}
	if err != nil {
		return err
	}
	return g.run(ctx)
}

// rounds measures every system in each round, one after the other and the next round in
// the opposite order, so that what changes on the machine meets all of them.
func rounds(ctx context.Context, systems []*scenario.System, p plan, out io.Writer) (legs []Leg, err error) {
	for round := range p.rounds {
		for _, n := range p.sockets {
			for i := range systems {
				sys := systems[i]
				if round%2 == 1 {
					sys = systems[len(systems)-1-i]
				}
				profiles := newProfiles(ctx, p, sys, n)
				start := profiles.start
				if round > 0 || p.profiles == "" {
					start = nil
				}
				leg, err := closed(ctx, sys, p, n, start)
				if err != nil {
					return legs, fmt.Errorf("%s, %d sockets: %w", sys.Label, n, err)
				}
				leg.Round = round + 1
				legs = append(legs, leg)
				_, _ = fmt.Fprintln(out, leg.line())
				if start != nil {
					profiles.print(out)
				}
			}
		}
	}
	return legs, ctx.Err()
}
