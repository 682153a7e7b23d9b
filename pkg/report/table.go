package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// By says what the rows of a report are grouped by.
type By string

// What reports can be grouped by. Days and hours are those of the reader's time zone, in which
// a day may have 23 or 25 hours; a visit belongs to those in which it began.
const (
	Whole  By = ""       // not at all
	Day    By = "day"    // 2006-01-02
	Hour   By = "hour"   // of the day, 00 to 23
	Team   By = "team"   // the team's id
	Agent  By = "agent"  // the user name of the agent who had it last
	Reason By = "reason" // why a person was asked for
	Ended  By = "outcome"
)

// Check returns an error that says what reports can be grouped by, unless this is among it.
func (b By) Check() error {
	if !slices.Contains([]By{Whole, Day, Hour, Team, Agent, Reason, Ended}, b) {
		return fmt.Errorf("a report can be grouped by day, hour, team, agent, reason or outcome, not by %.20q", string(b))
	}
	return nil
}

// Group returns the name of the group that the row belongs to.
func (b By) Group(r *Row, zone *time.Location) string {
	switch b {
	case Day:
		return r.Began.In(zone).Format(time.DateOnly)
	case Hour:
		return r.Began.In(zone).Format("15")
	case Team:
		return r.Team
	case Agent:
		return r.Agent.User
	case Reason:
		return string(r.Call)
	case Ended:
		return string(r.Outcome)
	default:
		return ""
	}
}

// Value is what a figure came to, over some rows.
type Value struct {
	// Rows is how many rows the figure is about, of a Share those that could count.
	Rows int `json:"rows"`
	// Sum is the sum of their values: of a Count what is told, of a Share how many count.
	Sum float64 `json:"sum"`
	// Median and Most are the median and the value that 9 of 10 don't exceed (the nearest
	// rank), of Seconds and Stars; 0 without rows.
	Median float64 `json:"median,omitempty"`
	Most   float64 `json:"most,omitempty"`
}

// Line is one group of a table, with a value for each figure, in their order.
type Line struct {
	Group  string  `json:"group"`
	Values []Value `json:"values"`
}

// Table sums rows up. Add each row once, in any order; Lines gives the result. It keeps the
// values of durations and ratings, 8 bytes each, since a median needs all of them.
type Table struct {
	by      By
	zone    *time.Location
	now     time.Time
	figures []Figure
	groups  map[string]*group
}

type group struct {
	values []Value
	all    [][]float64
}

// NewTable returns an empty table. now is the time of the report.
func NewTable(by By, zone *time.Location, now time.Time, figures []Figure) *Table {
	return &Table{by: by, zone: zone, now: now, figures: figures, groups: map[string]*group{}}
}

// Add counts a row.
func (t *Table) Add(r *Row) {
	name := t.by.Group(r, t.zone)
	g := t.groups[name]
	if g == nil {
		g = &group{values: make([]Value, len(t.figures)), all: make([][]float64, len(t.figures))}
		t.groups[name] = g
	}
	for i := range t.figures {
		v, about := t.figures[i].Of(r, t.now)
		if !about {
			continue
		}
		g.values[i].Rows++
		g.values[i].Sum += v
		if u := t.figures[i].Unit; u == Seconds || u == Stars {
			g.all[i] = append(g.all[i], v)
		}
	}
}

// Lines returns the groups in the order of their names.
func (t *Table) Lines() []Line {
	lines := make([]Line, 0, len(t.groups))
	for _, name := range slices.Sorted(maps.Keys(t.groups)) {
		g := t.groups[name]
		for i, all := range g.all {
			slices.SortFunc(all, cmp.Compare[float64])
			if n := len(all); n > 0 {
				g.values[i].Median, g.values[i].Most = all[rank(n, 50)], all[rank(n, 90)]
			}
		}
		lines = append(lines, Line{Group: name, Values: g.values})
	}
	return lines
}

// rank is the index of the nearest rank of a percentile among n sorted values.
func rank(n, percent int) int { return max((n*percent+99)/100-1, 0) }
