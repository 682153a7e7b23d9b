package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// line is one leg as it is printed at once.
func (l Leg) line() string {
	s := fmt.Sprintf("round %d  %5d sockets  %-12s %8.0f turns/s  reply p50 %s p99 %s  CPU %5.0f µs a turn", l.Round, l.Sockets, l.Label, l.Rate, ms(l.Reply.P50), ms(l.Reply.P99), l.CPUAll)
	if n := l.refused(); n > 0 {
		s += fmt.Sprintf("  refused %d (%s)", n, words(l.Refused))
	}
	if l.Lost > 0 {
		s += fmt.Sprintf("  sockets lost %d", l.Lost)
	}
	if l.Unserved > 0 {
		s += fmt.Sprintf("  not answered %d", l.Unserved)
	}
	if l.Behind > 1 {
		s += fmt.Sprintf("  worked on for %.1f s", l.Behind)
	}
	return s
}

func ms(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f ms", v)
	case v < 100:
		return fmt.Sprintf("%.1f ms", v)
	}
	return fmt.Sprintf("%.0f ms", v)
}

func words(of map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%d %s", of[k], k))
	}
	return strings.Join(parts, ", ")
}

// Row is the medians of all rounds of one system with one number of sockets. The ratios
// are medians of the rounds' ratios to the pipeline; 0 without one.
type Row struct {
	Label                       string
	Sockets                     int
	Rate                        float64
	Reply, Ack                  Spread
	CPU                         map[string]float64
	CPUAll                      float64
	OfRate, OfP50, OfP99, OfCPU float64
	Refused, Lost, Unserved     int
	Behind                      float64
}

// rowsOf sums legs up, in the order in which the systems and numbers first came.
func rowsOf(legs []Leg) (rows []Row) {
	seen := map[string]bool{}
	for _, first := range legs {
		key := fmt.Sprint(first.Sockets, " ", first.Label)
		if seen[key] {
			continue
		}
		seen[key] = true
		rows = append(rows, rowOf(legs, first.Label, first.Sockets))
	}
	return rows
}

func rowOf(legs []Leg, label string, sockets int) Row {
	var own, beside []Leg // of the same rounds
	for _, l := range legs {
		if l.Sockets != sockets || l.Label != label {
			continue
		}
		own = append(own, l)
		for _, other := range legs {
			if other.Sockets == sockets && other.Round == l.Round && other.Label == pipelineLabel {
				beside = append(beside, other)
			}
		}
	}
	median := func(of func(Leg) float64) float64 { return medianOf(own, of) }
	r := Row{
		Label: label, Sockets: sockets, Rate: median(func(l Leg) float64 { return l.Rate }), CPUAll: median(func(l Leg) float64 { return l.CPUAll }),
		Reply: medianSpread(own, func(l Leg) Spread { return l.Reply }), Ack: medianSpread(own, func(l Leg) Spread { return l.Ack }),
		CPU: map[string]float64{}, Behind: median(func(l Leg) float64 { return l.Behind }),
	}
	for part := range own[0].CPU {
		r.CPU[part] = median(func(l Leg) float64 { return l.CPU[part] })
	}
	for _, l := range own {
		r.Refused, r.Lost, r.Unserved = r.Refused+l.refused(), r.Lost+l.Lost, r.Unserved+l.Unserved
	}
	if len(beside) == len(own) {
		ratio := func(of func(Leg) float64) float64 {
			var all []float64
			for i := range own {
				if of(beside[i]) > 0 {
					all = append(all, of(own[i])/of(beside[i]))
				}
			}
			return middle(all)
		}
		r.OfRate, r.OfCPU = ratio(func(l Leg) float64 { return l.Rate }), ratio(func(l Leg) float64 { return l.CPUAll })
		r.OfP50, r.OfP99 = ratio(func(l Leg) float64 { return l.Reply.P50 }), ratio(func(l Leg) float64 { return l.Reply.P99 })
	}
	return r
}

func medianOf(legs []Leg, of func(Leg) float64) float64 {
	var all []float64
	for _, l := range legs {
		all = append(all, of(l))
	}
	return middle(all)
}

// middle is the median: of an even number, the mean of the two in the middle.
func middle(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func medianSpread(legs []Leg, of func(Leg) Spread) Spread {
	m := func(f func(Spread) float64) float64 { return medianOf(legs, func(l Leg) float64 { return f(of(l)) }) }
	return Spread{
		m(func(s Spread) float64 { return s.P50 }), m(func(s Spread) float64 { return s.P90 }), m(func(s Spread) float64 { return s.P99 }),
		m(func(s Spread) float64 { return s.P999 }), m(func(s Spread) float64 { return s.Max }),
	}
}

// turnsTable shows medians.
func turnsTable(title string, rows []Row) rowsTable {
	return table(title, "system\tsockets\tturns/s\tof pipeline\treply p50\tp90\tp99\tp99 of pipeline's\tack p50\tp99\tCPU a turn\tof pipeline's\trefused\tlost", rows, func(r Row) string {
		return fmt.Sprintf("%s\t%d\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.0f µs\t%s\t%d\t%d", r.Label, r.Sockets, r.Rate, times(r.OfRate),
			ms(r.Reply.P50), ms(r.Reply.P90), ms(r.Reply.P99), times(r.OfP99), ms(r.Ack.P50), ms(r.Ack.P99), r.CPUAll, times(r.OfCPU), r.Refused, r.Lost)
	})
}

// cpuTable shows what each process uses.
func cpuTable(title string, rows []Row) rowsTable {
	return table(title, "system\tsockets\tall\tof them", rows, func(r Row) string {
		var parts []string
		for _, name := range slices.SortedFunc(keys(r.CPU), func(a, b string) int { return int(r.CPU[b] - r.CPU[a]) }) {
			parts = append(parts, fmt.Sprintf("%s %.0f", name, r.CPU[name]))
		}
		return fmt.Sprintf("%s\t%d\t%.0f\t%s", r.Label, r.Sockets, r.CPUAll, strings.Join(parts, ", "))
	})
}

func times(ratio float64) string {
	if ratio == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", ratio)
}

func keys[V any](of map[string]V) iter.Seq[string] { return maps.Keys(of) }
