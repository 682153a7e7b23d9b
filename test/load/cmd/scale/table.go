package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
)

func (r *result) print(out io.Writer) {
	_, _ = fmt.Fprintf(out, "\n%s: %d visitors with one message open each; the model answers after %v; NATS: %d, syncs %s; %d of each other role\n",
		r.p.role, r.p.visitors, r.p.delay, r.p.nodes, r.p.sync, r.p.others)
	_, _ = fmt.Fprintf(out, "stages of %v, of which the first %v are not counted\n\n", r.p.length, r.p.settle)
	measure.Table(out, rows(r.stages)...)
	_, _ = fmt.Fprintf(out, "\n%d messages accepted, %d answered; %d questions to the model answered, %d given up by their asker, over %d connections\n",
		r.counts.Acked, r.counts.Replies, r.model.Answered, r.model.Cut, r.model.Connections)
	_, _ = fmt.Fprintf(out, "%d events in the streams, %d in the store, %d told to %d clients over %d connections; errors told: %s\n",
		r.streamed, r.stored, r.report.Counts.Told, r.report.Counts.Clients, r.counts.Connections, words(r.counts.Errors))
	for _, name := range r.loud {
		_, _ = fmt.Fprintln(out, "not quiet at the end:", name)
	}
	for _, f := range r.faults {
		_, _ = fmt.Fprintln(out, "fault:", f)
	}
	if r.dead > 0 {
		_, _ = fmt.Fprintf(out, "%d messages were given up on\n", r.dead)
	}
	if r.counts.Refused > 0 {
		_, _ = fmt.Fprintf(out, "%d messages were refused for good\n", r.counts.Refused)
	}
	r.report.Format(out)
}

// rows is the table: a line for each stage. Visitors who have to wait get the error
// unavailable: newcomers while the bot's backlog is too long, everybody while nothing can
// be stored.
func rows(stages []stage) []string {
	all := []string{"replicas\tanswered/s\tof the first\tsend to reply: median\t99 %\tlongest while it changed\tthought about at once\ttold to wait\tnine tenths after\tended within\tprocessors: Parley\tharness\tothers"}
	for _, s := range stages {
		times := "-"
		if first := stages[0].rate(); first > 0 {
			times = fmt.Sprintf("%.2f ×", s.rate()/first)
		}
		span := s.end.at.Sub(s.begin.at)
		e := s.end.effort.since(s.begin.effort)
		all = append(all, fmt.Sprintf("%d\t%.1f\t%s\t%s\t%s\t%s\t%.0f\t%d\t%s\t%s\t%s\t%s\t%s", s.replicas, s.rate(), times,
			short(measure.Quantile(s.took, .5)), short(measure.Quantile(s.took, .99)), short(measure.Quantile(s.changing, 1)),
			float64(s.end.model.Thought-s.begin.model.Thought)/float64(max(1, span)),
			s.end.counts.Errors["unavailable"]-s.begin.counts.Errors["unavailable"], settled(s), ended(s),
			percent(e.parley), percent(e.harness), percent(e.others())))
	}
	return all
}

// settled is the time after which the stage had reached nine tenths of its later rate, if
// fewer replicas ran before.
func settled(s stage) string {
	if s.from >= s.replicas || s.settles < 0 {
		return "-"
	}
	return s.settles.String()
}

// ended is how long the stopped replicas took to end.
func ended(s stage) string {
	if s.from <= s.replicas {
		return "-"
	}
	return short(s.scaled)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

func words(m map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%d %s", m[k], k))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
