package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/scenario"
)

// Report is everything that a run measured, as -json writes it. Times are milliseconds,
// CPU time is microseconds a turn, memory is KiB, unless the field says otherwise.
type Report struct {
	At      time.Time
	CPUs    int
	Go      string
	Sync    string
	Streams int // 0: the default
	Bytes   int
	Rounds  int
	Seconds float64
	Rows    []Row       `json:",omitempty"`
	Legs    []Leg       `json:",omitempty"`
	Asked   []Row       `json:",omitempty"` // with a question that is searched
	Open    []OpenLeg   `json:",omitempty"`
	Ramp    []OpenLeg   `json:",omitempty"`
	Idle    []IdleRow   `json:",omitempty"`
	FanOut  []FanOutRow `json:",omitempty"`
	Paging  []PagingRow `json:",omitempty"`
	Storm   []StormRow  `json:",omitempty"`
	Ready   []ReadyRow  `json:",omitempty"`
	Goals   []Goal      `json:",omitempty"`

	top float64 // turns a second of a closed loop, for the open ones
}

func newReport(p plan) *Report {
	return &Report{
		At: time.Now().UTC().Truncate(time.Second), CPUs: runtime.GOMAXPROCS(0), Go: runtime.Version(), Sync: p.sync, Streams: p.streams,
		Bytes: len(p.text), Rounds: p.rounds, Seconds: p.seconds.Seconds(),
	}
}

// parts are what -what can name, in the order in which they are measured.
var parts = []string{"closed", "question", "open", "ramp", "idle", "fanout", "paging", "storm", "ready"}

// measureAll measures what is wanted of all systems.
func (r *Report) measureAll(ctx context.Context, systems []*scenario.System, p plan, out io.Writer) (err error) {
	has := func(part string) bool { return slices.Contains(p.what, part) }
	tops := map[string]float64{}
	if has("closed") {
		if r.Legs, err = rounds(ctx, systems, p, out); err != nil {
			return err
		}
		r.Rows = rowsOf(r.Legs)
		for _, row := range r.Rows {
			tops[row.Label] = max(tops[row.Label], row.Rate)
		}
	}
	if has("question") {
		asking := p
		asking.text = p.padded(question)
		legs, err := rounds(ctx, systems, asking, out)
		if err != nil {
			return err
		}
		r.Asked = rowsOf(legs)
	}
	for _, sys := range systems {
		if err := r.measureOne(ctx, sys, p, has, tops[sys.Label]); err != nil {
			return fmt.Errorf("%s: %w", sys.Label, err)
		}
	}
	return nil
}

// measureOne measures what is measured of one system at a time.
func (r *Report) measureOne(ctx context.Context, sys *scenario.System, p plan, has func(string) bool, top float64) (err error) {
	n := slices.Max(p.sockets)
	if top == 0 && (has("ramp") || has("open") && p.rate == 0) {
		leg, err := closed(ctx, sys, p, n, nil)
		if err != nil {
			return err
		}
		top = leg.Rate
	}
	if has("open") {
		rate := p.rate
		if rate == 0 {
			rate = top / 2
		}
		leg, err := open(ctx, sys, p, n, rate)
		if err != nil {
			return err
		}
		if top > 0 {
			leg.OfTop = rate / top
		}
		r.Open = append(r.Open, leg)
	}
	if has("ramp") {
		legs, err := ramp(ctx, sys, p, n, top)
		if err != nil {
			return err
		}
		r.Ramp = append(r.Ramp, legs...)
	}
	if sys.Pipeline() { // it has no past, and nobody else in its chats
		return nil
	}
	if has("idle") {
		if len(sys.Parts) == 0 {
			return errors.New("the memory of a system that was not started here is not known")
		}
		row, err := idle(ctx, sys, p, p.visitors)
		if err != nil {
			return err
		}
		r.Idle = append(r.Idle, row)
	}
	if has("fanout") {
		row, err := fanOut(ctx, sys, p, p.viewers, max(p.rate, 1))
		if err != nil {
			return err
		}
		r.FanOut = append(r.FanOut, row)
	}
	if has("paging") {
		row, err := paging(ctx, sys, p, p.stored)
		if err != nil {
			return err
		}
		r.Paging = append(r.Paging, row)
	}
	if has("storm") {
		row, err := storm(ctx, sys, p, p.cut)
		if err != nil {
			return err
		}
		r.Storm = append(r.Storm, row)
	}
	return nil
}

// rowsTable is a table as text: cells are separated by tabs.
type rowsTable struct {
	title, head string
	rows        []string
}

// print writes all tables that have rows, but the goals.
func (r *Report) print(out io.Writer) {
	for _, t := range r.tables() {
		if len(t.rows) > 0 {
			_, _ = fmt.Fprintf(out, "\n%s\n\n", t.title)
			measure.Table(out, append([]string{t.head}, t.rows...)...)
		}
	}
}

// tables are all that was measured, but the goals.
func (r *Report) tables() []rowsTable {
	return []rowsTable{
		turnsTable(fmt.Sprintf("closed loop, messages of %d bytes, sync %s, medians of %d rounds of %g s", r.Bytes, r.Sync, r.Rounds, r.Seconds), r.Rows),
		cpuTable("CPU a turn in µs, by process", r.Rows),
		turnsTable("closed loop, with a question that is searched", r.Asked),
		cpuTable("CPU a turn with a question in µs, by process", r.Asked),
		openTable("open loop: latencies from the intended time", r.Open),
		openTable("ramp: latencies from the intended time", r.Ramp),
		table("idle visitors, KiB each: resident, and live heap with stacks", "system\tvisitors\tgreeted\tafter one turn each\tconnected/s", r.Idle, func(i IdleRow) string {
			return fmt.Sprintf("%s\t%d\t%s\t%s\t%.0f", i.Label, i.Visitors, footprints(i.Greeted), footprints(i.After), i.ConnectedAtOne)
		}),
		table("fan-out of one chat: from the acknowledgement to the last viewer", "system\tviewers\tmessages/s\tmessages\tp50\tp99\tlongest\tmissed", r.FanOut, func(f FanOutRow) string {
			return fmt.Sprintf("%s\t%d\t%.0f\t%d\t%s\t%s\t%s\t%d", f.Label, f.Viewers, f.Asked, f.Messages, ms(f.Last.P50), ms(f.Last.P99), ms(f.Last.Max), f.Missed)
		}),
		table("pages of 50", "system\tother events stored\tpages\tp50\tp99\tlongest", r.Paging, func(g PagingRow) string {
			return fmt.Sprintf("%s\t%d\t%d\t%s\t%s\t%s", g.Label, g.Stored, g.Pages, ms(g.Page.P50), ms(g.Page.P99), ms(g.Page.Max))
		}),
		table("all sockets cut at once", "system\tsockets\tall back after\tp50\tp99\tasked to come again\tfailed\tnot back", r.Storm, func(s StormRow) string {
			return fmt.Sprintf("%s\t%d\t%.1f s\t%s\t%s\t%d\t%d\t%d", s.Label, s.Sockets, s.Seconds, ms(s.Back.P50), ms(s.Back.P99), s.ComeAgain, s.Failed, s.Missing)
		}),
		table("from start to ready, all in one process", "system\tmedian\tall", r.Ready, func(y ReadyRow) string {
			return fmt.Sprintf("%s\t%.3f s\t%.3f", y.Label, measure.Quantile(slices.Clone(y.Took), .5), y.Took)
		}),
	}
}

func openTable(title string, legs []OpenLeg) rowsTable {
	return table(title, "system\tsockets\tmessages/s\tof the top rate\tturns/s\treply p50\tp99\tack p50\tp99\tCPU a message\trefused\tnot answered", legs, func(l OpenLeg) string {
		return fmt.Sprintf("%s\t%d\t%.0f\t%s\t%.0f\t%s\t%s\t%s\t%s\t%.0f µs\t%d\t%d", l.Label, l.Sockets, l.Asked, times(l.OfTop), l.Rate, ms(l.Reply.P50), ms(l.Reply.P99), ms(l.Ack.P50), ms(l.Ack.P99), l.CPUAll, l.Refused, l.Unserved)
	})
}

func table[T any](title, head string, all []T, row func(T) string) rowsTable {
	t := rowsTable{title: title, head: head}
	for _, one := range all {
		t.rows = append(t.rows, row(one))
	}
	return t
}

func footprints(of map[string]Footprint) string {
	var all []string
	for _, name := range slices.SortedFunc(keys(of), func(a, b string) int { return int(100 * (of[b].Resident - of[a].Resident)) }) {
		all = append(all, fmt.Sprintf("%s %.1f (%.1f)", name, of[name].Resident, of[name].Live))
	}
	return strings.Join(all, ", ")
}

// write puts the report where the plan says.
func (r *Report) write(p plan) error {
	if p.json != "" {
		data, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(p.json, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	if p.into != "" && len(r.Goals) > 0 {
		text, err := os.ReadFile(p.into)
		if err != nil {
			return err
		}
		page, err := into(string(text), r.Goals)
		if err != nil {
			return fmt.Errorf("%s: %w", p.into, err)
		}
		if err := os.WriteFile(p.into, []byte(page), 0o644); err != nil {
			return err
		}
	}
	if p.html != "" {
		page, err := r.page()
		if err != nil {
			return err
		}
		return os.WriteFile(p.html, page, 0o644)
	}
	return nil
}
