// Command idle measures the memory of an idle connected socket: it starts Parley
// (everything in one process), opens sockets, waits until the memory no longer changes,
// and divides. It does so twice: with sockets that only connected, and with sockets that
// also said hello, each under a name of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

func main() {
	n := flag.Int("sockets", 5000, "how many sockets")
	limit := flag.Duration("limit", 15*time.Minute, "give up after this time")
	flag.Parse()
	if err := run(*n, *limit); err != nil {
		fmt.Fprintln(os.Stderr, "idle:", err)
		os.Exit(1)
	}
}

func run(n int, limit time.Duration) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if n < 1 || n > 25_000 {
		return fmt.Errorf("-sockets is a number from 1 to 25000: one address has no more ports")
	}
	if err := measure.Files(uint64(n + 1024)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "parley-idle-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program, err := proc.Parley(ctx, dir)
	if err != nil {
		return err
	}
	rows := []string{"sockets\tbefore\twith them\ta socket: resident\theap\tstacks\tgoroutines\topened in"}
	for _, hello := range []bool{false, true} {
		row, err := variant(ctx, program, dir, n, hello)
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	measure.Table(os.Stdout, rows...)
	return nil
}

// variant measures n sockets of a new Parley, with or without a hello.
func variant(ctx context.Context, program, dir string, n int, hello bool) (row string, err error) {
	sys, err := scenario.Start(ctx, scenario.Spec{Label: "parley", Program: program, Together: true, Sync: "100ms"}, dir)
	if err != nil {
		return "", err
	}
	defer sys.Stop()
	p, base := sys.Parts[0].Process, sys.Parts[0].Metrics
	before, err := settle(ctx, p, base)
	if err != nil {
		return "", err
	}
	began := time.Now()
	crowd, err := open(ctx, sys.Base, n, hello)
	defer crowd.close()
	if err != nil {
		return "", err
	}
	opened := time.Since(began)
	after, err := settle(ctx, p, base)
	if err != nil {
		return "", err
	}
	if gone := crowd.gone(); gone > 0 || int(after.sockets) != n {
		return "", fmt.Errorf("%d of %d sockets are gone, and Parley counts %.0f:\n%s", gone, n, after.sockets, p.Tail())
	}
	what := "connected only"
	if hello {
		what = "said hello"
	}
	each := func(a, b float64) string { return fmt.Sprintf("%.1f KB", (a-b)/float64(n)/1000) }
	return fmt.Sprintf("%d %s\t%.0f MB\t%.0f MB\t%s\t%s\t%s\t%.2f\t%v", n, what, before.rss/1e6, after.rss/1e6,
		each(after.rss, before.rss), each(after.heap, before.heap), each(after.stack, before.stack), (after.goroutines-before.goroutines)/float64(n), opened.Round(time.Millisecond)), nil
}
