package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/model"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
)

func TestStagesAreRead(t *testing.T) {
	for _, c := range []struct {
		list string
		want []int
	}{
		{"1,4,1", []int{1, 4, 1}}, {" 2 , 3", []int{2, 3}}, {"12", []int{12}},
		{"", nil}, {"1,,1", nil}, {"0", nil}, {"-1", nil}, {"13", nil}, {"1;4", nil}, {"many", nil}, {strings.Repeat("1,", mostStages) + "1", nil},
	} {
		got, err := parseStages(c.list)
		if !slices.Equal(got, c.want) || (err != nil) != (c.want == nil) {
			t.Errorf("%q: %v, %v", c.list, got, err)
		}
	}
}

func TestThePlanFollowsTheFlags(t *testing.T) {
	p, err := read([]string{"-stages", "1,3", "-others", "1"})
	if err != nil || p.bots() != 3 || p.replicas("gateway") != 1 || p.visitors != workers*3*5/4 {
		t.Errorf("%+v, %v", p, err)
	}
	p, err = read([]string{"-role", "gateway", "-stages", "3,1"})
	if err != nil || p.bots() != 2 || p.replicas("gateway") != 3 || p.visitors != workers*2*5/4 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, args := range []string{"-role bot", "-stages x", "-length 5s", "-delay 30s", "-delay 0s", "-visitors 5000", "-visitors -1", "-others 0", "-settle -1s", "more"} {
		if p, err := read(strings.Fields(args)); err == nil {
			t.Errorf("%s: %+v", args, p)
		}
	}
}

func TestVisitorsComeSlowlyEnough(t *testing.T) {
	for _, delay := range []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second} {
		const n = 640
		if open := n / coming(n, delay).Seconds() * delay.Seconds(); open > 200 {
			t.Errorf("with %v, %.0f visitors are with the bot at once", delay, open)
		}
	}
}

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// meterOf returns a meter with this many turns ending evenly in each second; the nth
// turn of a second took n milliseconds.
func meterOf(perSecond ...int) *meter {
	var m meter
	for s, n := range perSecond {
		for i := range n {
			at := noon.Add(time.Duration(s)*time.Second + time.Duration(i)*time.Second/time.Duration(n))
			m.add(turn{at, time.Duration(i+1) * time.Millisecond})
		}
	}
	return &m
}

func TestTheMeterCountsWhatEndedInAnInterval(t *testing.T) {
	m := meterOf(10, 20, 40)
	if got := m.between(noon.Add(time.Second), noon.Add(2*time.Second)); len(got) != 20 || slices.Max(got) != 20*time.Millisecond {
		t.Errorf("from 1 s to 2 s: %v", got)
	}
	if got := m.between(noon.Add(time.Hour), noon.Add(2*time.Hour)); len(got) != 0 {
		t.Errorf("later: %v", got)
	}
	if got := m.rates(noon, noon.Add(3*time.Second), time.Second); !slices.Equal(got, []float64{10, 20, 40}) {
		t.Errorf("the rates are %v", got)
	}
	if got := m.rates(noon, noon.Add(2900*time.Millisecond), 2*time.Second); len(got) != 1 || got[0] < 14.9 || got[0] > 15.1 {
		t.Errorf("in two-second steps: %v", got)
	}
	if got := m.rates(noon, noon.Add(-time.Second), time.Second); len(got) != 0 {
		t.Errorf("backwards: %v", got)
	}
}

func TestALevelCountsAsReachedWhenTwoRatesInARowReachIt(t *testing.T) {
	for _, c := range []struct {
		rates []float64
		want  int
	}{
		{nil, -1}, {[]float64{9}, -1}, {[]float64{9, 9}, 0}, {[]float64{1, 9, 9, 9}, 1},
		{[]float64{1, 9, 2, 9, 9, 1}, 3}, {[]float64{1, 1, 1, 1}, -1},
	} {
		if got := reached(c.rates, 8.5); got != c.want {
			t.Errorf("%v: %d, want %d", c.rates, got, c.want)
		}
	}
}

// seen is a stage with measurements of ten seconds.
func seen(replicas, from, answered int, each time.Duration) stage {
	s := stage{replicas: replicas, from: from, scaled: 1500 * time.Millisecond, settles: 5 * time.Second, changing: []time.Duration{time.Second, 5 * time.Second}}
	s.begin = look{at: noon, counts: tally.Counts{Errors: map[string]int{"unavailable": 2}}, effort: effort{100, 100, 400, 1000}}
	s.end = look{
		at: noon.Add(10 * time.Second), counts: tally.Counts{Errors: map[string]int{"unavailable": 5}},
		model: model.Stats{Thought: 1280 * time.Second}, effort: effort{300, 150, 1200, 2000},
	}
	for range answered {
		s.took = append(s.took, each)
	}
	return s
}

func TestTheTableSaysWhatEachStageCameTo(t *testing.T) {
	table := rows([]stage{seen(1, 4, 1000, 4*time.Second), seen(4, 1, 3900, 1100*time.Millisecond)})
	for i, want := range []string{
		"replicas\tanswered/s",
		"1\t100.0\t1.00 ×\t4s\t4s\t5s\t128\t3\t-\t1.5s\t20 %\t5 %\t55 %",
		"4\t390.0\t3.90 ×\t1.1s\t1.1s\t5s\t128\t3\t5s\t-\t20 %\t5 %\t55 %",
	} {
		if !strings.HasPrefix(table[i], want) {
			t.Errorf("line %d: %q", i, table[i])
		}
		if got, want := strings.Count(table[i], "\t"), strings.Count(table[0], "\t"); got != want {
			t.Errorf("line %d has %d columns of %d", i, got+1, want+1)
		}
	}
	if table := rows([]stage{seen(1, 1, 0, 0)}); !strings.HasPrefix(table[1], "1\t0.0\t-\t0s") {
		t.Errorf("nothing answered: %q", table[1])
	}
}

func TestProcessorsAreRead(t *testing.T) {
	busy, all, err := parseTotal("cpu  10 1 5 100 20 1 2 3 7 0")
	if busy != 22 || all != 142 || err != nil {
		t.Error(busy, all, err)
	}
	pid, parent, ticks, err := parseProcess("42 (a) b (c)) S 7 42 42 0 -1 4194304 1 2 3 4 30 12 0 0 20 0 1 0")
	if pid != 42 || parent != 7 || ticks != 42 || err != nil {
		t.Error(pid, parent, ticks, err)
	}
	for _, bad := range []string{"", "cpu", "cpu0 1 2 3 4 5 6 7 8", "cpu a b c d e f g h"} {
		if _, _, err := parseTotal(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, bad := range []string{"", "42", "42 (x) S", "x (x) S 7 42 42 0 -1 4194304 1 2 3 4 30 12 0"} {
		if _, _, _, err := parseProcess(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	e, err := processors()
	if err != nil || e.all < e.busy || e.busy <= 0 || e.harness < 0 {
		t.Errorf("%+v, %v", e, err)
	}
}
