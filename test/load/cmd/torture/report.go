package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/harm"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/recovery"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
)

func (r *result) print(out io.Writer) {
	v, a, c := r.talk.Visitors, r.talk.Agent, r.report.Counts
	rows := []string{
		fmt.Sprintf("seed\t%d%s", r.p.seed, r.without()),
		fmt.Sprintf("system\t%d NATS, %d gateways, %d bot, %d escalation, %d history workers; %s; NATS syncs %s", r.p.nodes, r.p.gateways, r.p.bots, r.p.escalations, r.p.stories, r.p.store, r.p.sync),
		fmt.Sprintf("talked\t%v, %d visitors in all, %d agents; settled in %v, checked in %v", r.talked.Round(time.Second), r.talk.Ended+r.talk.Active, r.p.agents, r.settled.Round(time.Second), r.examined.Round(time.Second)),
		fmt.Sprintf("accepted\t%d messages and requests of visitors (%.0f/s), %d calls of agents; %d sent again", v.Acked, float64(v.Acked)/r.talked.Seconds(), a.Acked, v.Resent+a.Resent),
		fmt.Sprintf("answered\t%d messages by the bot; %d chats taken by agents, %d stepped into, %d marked as dealt with, %d passed on, %d taken over, %d snoozed, %d times asked before words were said over others, %d assigned by hand, %d times two wanted one, %d times it was another team's", v.Replies, a.Taken, a.SteppedIn, a.Dealt, a.PassedOn, a.TakenOver, a.Snoozed, a.Unseen, a.Assigned, a.Beaten, a.Others),
		fmt.Sprintf("events\t%d in the streams, %d in the store, %d lines of the audit log, %d told to clients, %d pages", r.streamed, r.stored, r.audited, c.Told, c.Pages),
		fmt.Sprintf("connections\t%d of visitors, %d of agents; ended by the server: %s", v.Connections, a.Connections, numbers(v.Closes)),
		fmt.Sprintf("errors told\t%s", words(v.Errors)),
		fmt.Sprintf("accepted after\t%s", spread(r.talk.Samples.Acks)),
		fmt.Sprintf("answered after\t%s", spread(r.talk.Samples.Replies)),
		fmt.Sprintf("cut off for\t%s, when the client had not meant it", spread(away(r.talk.Samples.Away, func(a tally.Away) bool { return !a.Own }))),
		fmt.Sprintf("  sent elsewhere\t%s (1012: a gateway stopped in order)", spread(away(r.talk.Samples.Away, func(a tally.Away) bool { return a.Code == 1012 }))),
		fmt.Sprintf("files\t%d of stored messages fetched, %.1f MB", r.fetched, float64(r.fetchedBytes)/(1<<20)),
		fmt.Sprintf("strangers\t%d accepted of %d, %d of them answered; told %s", r.talk.Strangers.Acked, r.talk.Strangers.Sent, r.talk.Strangers.Replies, words(r.talk.Strangers.Errors)),
		fmt.Sprintf("harm\t%d: %s", len(r.harms), harmWords(r.counts)),
	}
	measure.Table(out, rows...)
	fmt.Fprintln(out)
	r.printRecoveries(out)
	r.printMemory(out)
	for _, name := range r.talk.Loud {
		fmt.Fprintln(out, "not quiet at the end:", name)
	}
	for _, f := range r.faults {
		fmt.Fprintln(out, "fault:", f)
	}
	if r.dead > 0 {
		fmt.Fprintf(out, "%d messages were given up on\n", r.dead)
	}
	r.report.Format(out)
}

func (r *result) without() string {
	if r.p.without == "" {
		return ""
	}
	return ", without " + r.p.without
}

func (r *result) printRecoveries(out io.Writer) {
	for _, alone := range []bool{true, false} {
		what := "recovery from, with whatever else was harmed"
		if alone {
			what = "recovery from, where nothing else was harmed"
		}
		rows := []string{what + "\ttimes\tmessages hit\taccepted again: p50\tp99\tlongest\tanswered again: p50\tp99\tlongest"}
		for _, row := range recovery.ByKind(r.recoveries, alone) {
			times := row.Harms
			if alone {
				times = row.Alone
			}
			if len(row.Answered) > 0 {
				rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%s\t%s", row.Kind, times, row.Hit, columns(row.Accepted), columns(row.Answered)))
			}
		}
		if len(rows) > 1 {
			measure.Table(out, rows...)
			fmt.Fprintln(out)
		}
	}
}

func (r *result) printMemory(out io.Writer) {
	rows := []string{"memory\tat the start\tafter the talk\tat the end\tat most"}
	for _, name := range slices.Sorted(maps.Keys(r.peaks)) {
		rows = append(rows, fmt.Sprintf("%s\t%s\t%s\t%s\t%s", name, mb(r.start[name]), mb(r.before[name]), mb(r.after[name]), mb(r.peaks[name])))
	}
	measure.Table(out, rows...)
	fmt.Fprintln(out)
}

func mb(bytes uint64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/(1<<20)) }

func spread(all []time.Duration) string {
	if len(all) == 0 {
		return "never"
	}
	return fmt.Sprintf("%s (median), %s (99 %%), %s at most, of %d", short(measure.Quantile(all, .5)), short(measure.Quantile(all, .99)), short(slices.Max(all)), len(all))
}

func columns(all []time.Duration) string {
	if len(all) == 0 {
		return "\t\t"
	}
	return fmt.Sprintf("%s\t%s\t%s", short(measure.Quantile(all, .5)), short(measure.Quantile(all, .99)), short(slices.Max(all)))
}

func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Millisecond).String()
}

// away returns how long connections were lost, beyond what the clients intended.
func away(all []tally.Away, of func(tally.Away) bool) []time.Duration {
	var out []time.Duration
	for _, a := range all {
		if of(a) {
			out = append(out, a.Lasted-a.Meant)
		}
	}
	return out
}

func harmWords(c harm.Counts) string {
	var parts []string
	for _, k := range append(harm.Kinds(), harm.Upgrade, harm.Rollback) {
		if c[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[k], k))
		}
	}
	return none(parts)
}

func words(m map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, fmt.Sprintf("%d %s", m[k], k))
	}
	return none(parts)
}

func numbers(m map[int]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k != 0 {
			parts = append(parts, fmt.Sprintf("%d with %d", m[k], k))
		}
	}
	return none(parts)
}

func none(parts []string) string {
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}
