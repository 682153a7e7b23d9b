package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/check"
	"github.com/parley-chat/parley/test/load/internal/dump"
	"github.com/parley-chat/parley/test/load/internal/measure"
)

// outcome is what a scenario came to.
type outcome struct {
	scenario scenario
	rows     []string     // what was counted, with tabs between
	broken   []string     // promises
	capacity int          // of each agent; 0: not checked
	counts   []func(*log) // are called once everything is at rest
}

func (o *outcome) row(what string, value any) {
	o.rows = append(o.rows, fmt.Sprintf("%s\t%v", what, value))
}

// none is row for what must not be.
func (o *outcome) none(what string, n int) {
	o.row(what+" (must be 0)", n)
	if n != 0 {
		o.breaks("%s: %d", what, n)
	}
}

func (o *outcome) breaks(format string, v ...any) {
	o.broken = append(o.broken, fmt.Sprintf(format, v...))
}

// times is row for how long something took.
func (o *outcome) times(what string, took []time.Duration) {
	if len(took) == 0 {
		o.row(what, "never")
		return
	}
	q := func(at float64) time.Duration { return rounded(measure.Quantile(took, at)) }
	o.row(what, fmt.Sprintf("p50 %v, p99 %v, longest %v (%d)", q(.5), q(.99), q(1), len(took)))
}

// rounded has three digits or so.
func rounded(d time.Duration) time.Duration {
	switch {
	case d > 10*time.Second:
		return d.Round(100 * time.Millisecond)
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}

func (o *outcome) print(out io.Writer) {
	_, _ = fmt.Fprintf(out, "\n%s: %s\n", o.scenario.name, o.scenario.shows)
	measure.Table(out, o.rows...)
	for _, b := range o.broken {
		_, _ = fmt.Fprintln(out, "BROKEN:", b)
	}
}

// play is one scenario, from the start of its system to the check of everything.
func (p plan) play(ctx context.Context, one scenario) (_ *outcome, err error) {
	dir, err := p.folder(one)
	if err != nil {
		return nil, err
	}
	o := &outcome{scenario: one}
	f, err := open(ctx, p, dir, one.env(p), one.people(p))
	defer func() {
		f.leave()
		for _, fault := range f.sys.Stop() {
			o.breaks("%s", fault)
		}
		for _, loud := range f.loud {
			o.breaks("%s", loud)
		}
	}()
	if err != nil {
		return nil, err
	}
	if err := one.play(ctx, f, o); err != nil {
		return nil, err
	}
	f.leave()
	if len(f.visitors) == 0 { // no chats, so nothing else to check
		return o, nil
	}
	if err := f.settle(ctx); err != nil {
		return nil, err
	}
	l, err := readLog(dir)
	if err != nil {
		return nil, err
	}
	for _, count := range o.counts {
		count(l)
	}
	return o, o.examine(dir)
}

// settle waits until the store has everything, and reads streams and store.
func (f *floor) settle(ctx context.Context) error {
	place := dump.Place{File: f.sys.StoreFile()}
	_, inStreams, err := dump.AwaitStore(ctx, f.sys.NATSURL(), place, f.p.quiet)
	if err == nil {
		_, err = dump.Stream(ctx, f.sys.NATSURL(), f.dir, inStreams)
	}
	if err == nil {
		_, err = dump.Store(ctx, place, f.dir)
	}
	return err
}

// examine checks what everybody saw, as the torture does.
func (o *outcome) examine(dir string) error {
	report, err := check.Run(dir, check.Options{Capacity: o.capacity})
	if err != nil {
		return err
	}
	o.row("checked", fmt.Sprintf("%d clients, %d events in the streams, %d calls and frames", report.Counts.Clients, report.Counts.Stream, report.Counts.Sends))
	o.none("broken promises", len(report.Violations))
	if len(report.Violations) > 0 {
		var text strings.Builder
		report.Format(&text)
		o.breaks("%s", text.String())
	}
	return nil
}
