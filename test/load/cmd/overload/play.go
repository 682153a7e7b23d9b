package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// between is how long a served visitor thinks before the next question.
const between = 700 * time.Millisecond

// phase is a part of the run with its results.
type phase struct {
	name     string
	replies  []time.Duration
	refusals map[string]int // of the served
	rss      []float64
	lasted   time.Duration
}

// play is the whole run against one Parley.
func play(ctx context.Context, p plan, sys *scenario.System) error {
	crowd := newTally()
	talking, stop := context.WithCancel(ctx)
	defer stop()
	served := speak(talking, sys.Base, "Served", p.served, between)
	fmt.Println("  s  phase    served: turns  median    99 %   flood: sent  stored  refused (all codes)                  sockets   memory")
	l := &lines{process: sys.Parts[0].Process, metrics: sys.Parts[0].Metrics, served: served, crowd: crowd, began: time.Now()}
	l.follow(ctx, p.before, "before")
	flooding, ebb := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() { defer close(gone); flood(flooding, p, sys.Base, crowd) }()
	l.follow(ctx, p.flood, "flood")
	ebb()
	<-gone
	l.follow(ctx, p.after, "after")
	stop()
	served.wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	l.summary()
	return l.err
}

// lines prints a line a second.
type lines struct {
	process *proc.Process
	metrics string // base URL of them
	served  *speakers
	crowd   *tally
	began   time.Time
	phases  []*phase
	err     error

	sent, acked int64
}

// follow prints lines until the time is over.
func (l *lines) follow(ctx context.Context, lasts time.Duration, name string) {
	ph := &phase{name: name, refusals: map[string]int{}, lasted: lasts}
	l.phases = append(l.phases, ph)
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for until := time.Now().Add(lasts); time.Now().Before(until); {
		select {
		case <-ctx.Done():
			return
		case <-second.C:
		}
		l.line(ctx, ph)
	}
}

func (l *lines) line(ctx context.Context, ph *phase) {
	served, crowd := l.served.take(), l.crowd.take()
	rss, err := measure.RSS(l.process.PID())
	if err != nil {
		l.err = err
	}
	sockets := "?" // an overloaded gateway may not answer
	asking, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if m, err := measure.Metrics(asking, l.metrics); err == nil {
		sockets = fmt.Sprintf("%.0f", m["parley_gateway_connections"])
	}
	sent, acked := l.crowd.sent.Load(), l.crowd.acked.Load()
	ph.replies, ph.rss = append(ph.replies, served.replies...), append(ph.rss, rss)
	for code, n := range served.refusals {
		ph.refusals[code] += n
	}
	trouble := ""
	if len(served.refusals) > 0 {
		trouble = "   served: " + counts(served.refusals)
	}
	fmt.Printf("%3.0f  %-8s %12d %7.0fms %7.0fms %11d %7d  %-42s %6s %6.0fMB%s\n", time.Since(l.began).Seconds(), ph.name,
		len(served.replies), ms(measure.Quantile(served.replies, .5)), ms(measure.Quantile(served.replies, .99)),
		sent-l.sent, acked-l.acked, counts(crowd), sockets, rss/1e6, trouble)
	l.sent, l.acked = sent, acked
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// summary prints how the served fared and how much memory was used.
func (l *lines) summary() {
	fmt.Println()
	rows := []string{"phase\tturns of the served\ta second\treply: median\t99 %\tlongest\tthey were refused\tmemory: most\tat the end"}
	for _, ph := range l.phases {
		if len(ph.rss) == 0 {
			continue
		}
		last := ph.rss[len(ph.rss)-1]
		rows = append(rows, fmt.Sprintf("%s\t%d\t%.1f\t%.0f ms\t%.0f ms\t%.0f ms\t%s\t%.0f MB\t%.0f MB", ph.name, len(ph.replies), float64(len(ph.replies))/ph.lasted.Seconds(),
			ms(measure.Quantile(ph.replies, .5)), ms(measure.Quantile(ph.replies, .99)), ms(measure.Quantile(ph.replies, 1)),
			strings.ReplaceAll(counts(ph.refusals), "\t", " "), measure.Quantile(ph.rss, 1)/1e6, last/1e6))
	}
	measure.Table(os.Stdout, rows...)
	fmt.Printf("the flood sent %d frames over %d connections; %d were stored, and %d events came back\n",
		l.crowd.sent.Load(), l.crowd.connected.Load(), l.crowd.acked.Load(), l.crowd.answered.Load())
}
