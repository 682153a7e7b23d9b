// Command turns measures how many turns a second Parley makes, everything in one process,
// and how long one takes: from a visitor's message until the visitor has the reply that
// covers it. Every visitor then sends the next message, so each has one turn in progress
// at any time. It does so with each sync setting of NATS.
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
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

type plan struct {
	visitors, runs, seconds int
	syncs                   []string
	text                    string
	base                    string
}

func main() {
	p := plan{}
	flag.IntVar(&p.visitors, "visitors", 100, "how many visitors talk at once")
	flag.IntVar(&p.seconds, "seconds", 20, "how long each run is measured")
	flag.IntVar(&p.runs, "runs", 3, "the number of runs for the medians")
	flag.StringVar(&p.text, "text", "How do I put the chat on my own site?", "what the visitors write")
	flag.StringVar(&p.base, "url", "", "measure the gateway at this URL instead of starting one (its rate limits count)")
	syncs := flag.String("sync", "always,100ms", "settings of NATS_SYNC to measure")
	flag.Parse()
	p.syncs = strings.Split(*syncs, ",")
	if p.base != "" {
		p.syncs = []string{"as it runs"}
	}
	if err := run(p); err != nil {
		fmt.Fprintln(os.Stderr, "turns:", err)
		os.Exit(1)
	}
}

func run(p plan) error {
	if p.visitors < 1 || p.visitors > 10_000 || p.runs < 1 || p.runs > 50 || p.seconds < 1 || p.seconds > 600 {
		return fmt.Errorf("at least 1 visitor, run and second are needed, and at most 10000, 50 and 600")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure.Files(uint64(p.visitors + 1024)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parley-turns-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := ""
	if p.base == "" {
		if program, err = proc.Parley(ctx, dir); err != nil {
			return err
		}
	}
	rows := []string{"NATS_SYNC\tturns/s\treply: median\t99 %\tacknowledged: median\t99 %\tCPU of Parley a turn"}
	for _, sync := range p.syncs {
		var each []figures
		for range p.runs {
			f, err := once(ctx, p, program, sync)
			if err != nil {
				return err
			}
			each = append(each, f)
		}
		rows = append(rows, median(sync, each))
	}
	fmt.Printf("%d visitors, medians of %d runs of %d s\n", p.visitors, p.runs, p.seconds)
	measure.Table(os.Stdout, rows...)
	return nil
}

// once is one run on a new Parley.
func once(ctx context.Context, p plan, program, sync string) (figures, error) {
	if p.base != "" {
		return talkAll(ctx, p, p.base)
	}
	dir, err := os.MkdirTemp("", "parley-turns-data-")
	if err != nil {
		return figures{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	process, base, err := proc.StartGateway(ctx, proc.Spec{Name: "parley", Path: program, Dir: dir, Env: append([]string{
		"DATA_DIR=" + dir, "NATS_SYNC=" + sync, wire.ThroughUs, "MAX_CONNECTIONS=1000000", "ADMIN_PASSWORD=turns-turns", "LOG_LEVEL=warn", "LOG_FORMAT=json",
	}, proc.Unlimited...)})
	if err != nil {
		return figures{}, err
	}
	defer process.Stop(30 * time.Second)
	return talkAll(ctx, p, base)
}

func median(sync string, each []figures) string {
	of := func(pick func(figures) float64) float64 {
		var all []float64
		for _, f := range each {
			all = append(all, pick(f))
		}
		return measure.Quantile(all, .5)
	}
	ms := func(pick func(figures) time.Duration) string {
		return fmt.Sprintf("%.2f ms", of(func(f figures) float64 { return pick(f).Seconds() * 1000 }))
	}
	return fmt.Sprintf("%s\t%.0f\t%s\t%s\t%s\t%s\t%.0f µs", sync, of(func(f figures) float64 { return f.rate }),
		ms(func(f figures) time.Duration { return f.reply50 }), ms(func(f figures) time.Duration { return f.reply99 }),
		ms(func(f figures) time.Duration { return f.ack50 }), ms(func(f figures) time.Duration { return f.ack99 }),
		of(func(f figures) float64 { return f.cpu * 1e6 }))
}
