package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/client"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/verify"
)

// result is what a run came to.
type result struct {
	o        plan
	visitors []*visitor
	chats    []verify.Chat
	sent     []client.Sent

	connections, events, replies, inStore int
	killed                                map[string]int
	replyTimes                            []time.Duration
	built, started, took, paged           time.Duration
	stored, readStore                     time.Duration
	wrong                                 []string
}

func (r *result) print(out io.Writer) {
	var again int
	var acks []time.Duration
	for _, m := range r.sent {
		if m.Tries > 1 {
			again++
		}
		acks = append(acks, m.Acked)
	}
	round := func(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
	rows := []string{
		fmt.Sprintf("processes\t%d gateways, %d bot workers, %d escalation workers, %d history workers; NATS syncs %s", r.o.gateways, r.o.bots, r.o.escalations, r.o.histories, r.o.sync),
		fmt.Sprintf("visitors\t%d, with %d messages each; %d connections in all", r.o.visitors, r.o.messages, r.connections),
		fmt.Sprintf("killed\t%s", r.kills()),
		fmt.Sprintf("messages sent\t%d, of them %d more than once", len(r.sent), again),
		fmt.Sprintf("replies\t%d (a burst shares one)", r.replies),
		fmt.Sprintf("events\t%d seen, %d in the store", r.events, r.inStore),
		fmt.Sprintf("build, start\t%v, %v", r.built.Round(time.Millisecond), r.started.Round(time.Millisecond)),
		fmt.Sprintf("conversations\t%v, %.0f messages/s", r.took.Round(time.Millisecond), float64(len(r.sent))/r.took.Seconds()),
		fmt.Sprintf("acknowledged after\t%v (median), %v (99 %%)", round(measure.Quantile(acks, .5)), round(measure.Quantile(acks, .99))),
		fmt.Sprintf("answered after\t%v (median), %v (99 %%)", round(measure.Quantile(r.replyTimes, .5)), round(measure.Quantile(r.replyTimes, .99))),
		fmt.Sprintf("store complete\t%v after the conversations; read in %v", r.stored.Round(time.Millisecond), r.readStore.Round(time.Millisecond)),
		fmt.Sprintf("histories read\t%d, in pages of %d, before the store was complete, in %v", min(r.o.paged, r.o.visitors), r.o.page, r.paged.Round(time.Millisecond)),
		fmt.Sprintf("broken promises\t%d", len(r.wrong)),
	}
	measure.Table(out, rows...)
	if len(r.wrong) == 0 {
		return
	}
	// The shortest story is the easiest to understand.
	slices.SortStableFunc(r.wrong, func(a, b string) int { return len(a) - len(b) })
	_, _ = fmt.Fprintf(out, "\n%s\n", strings.Join(r.wrong[:min(5, len(r.wrong))], "\n"))
}

func (r *result) kills() string {
	if len(r.killed) == 0 {
		return "nothing"
	}
	var parts []string
	for role, n := range r.killed {
		parts = append(parts, fmt.Sprintf("%d × %s", n, role))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
