package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"math"
	"slices"
	"strings"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// picture is a chart with its words.
type picture struct {
	Title, Caption string
	SVG            template.HTML
}

// sheet is a table of the page.
type sheet struct {
	Title string
	Head  []string
	Rows  [][]string
}

// page returns the report as one page that needs nothing else.
func (r *Report) page() ([]byte, error) {
	view := struct {
		*Report
		Pictures []picture
		Tables   []sheet
	}{Report: r, Tables: r.sheets()}
	for _, p := range []picture{r.ratePicture(), r.cpuPicture(), rampPicture(r.Ramp)} {
		if p.SVG != "" {
			view.Pictures = append(view.Pictures, p)
		}
	}
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, view); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sheets are the tables that the terminal shows, read back from it.
func (r *Report) sheets() (all []sheet) {
	goals := sheet{Title: "Goals", Head: []string{"what", "before", "now", "goal", "met"}}
	for _, g := range r.Goals {
		goals.Rows = append(goals.Rows, []string{g.What, g.Before, g.Now, g.Want, yes(g.Met)})
	}
	if len(goals.Rows) > 0 {
		all = append(all, goals)
	}
	for _, t := range r.tables() {
		if len(t.rows) == 0 {
			continue
		}
		one := sheet{Title: t.title, Head: strings.Split(t.head, "\t")}
		for _, row := range t.rows {
			one.Rows = append(one.Rows, strings.Split(row, "\t"))
		}
		all = append(all, one)
	}
	return all
}

func yes(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}

// The measures of a chart, in its own units.
const (
	chartWidth = 860
	labelWidth = 170
	barHeight  = 22
)

// bars draws a row for each label, of parts one after the other.
func bars(labels []string, parts [][]float64, notes []string, names []string) template.HTML {
	most := 0.
	for _, row := range parts {
		most = max(most, total(row))
	}
	if most == 0 {
		return ""
	}
	var b strings.Builder
	height := (barHeight+8)*len(labels) + 8
	if len(names) > 1 {
		height += 24
	}
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img">`, chartWidth, height)
	for i, row := range parts {
		x, y := float64(labelWidth), i*(barHeight+8)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-8, y+15, template.HTMLEscapeString(labels[i]))
		for j, v := range row {
			w := v / most * (chartWidth - labelWidth - 190)
			fmt.Fprintf(&b, `<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="2" fill="var(--c%d)"/>`, x, y, max(w, .5), barHeight, j%6)
			x += w
		}
		fmt.Fprintf(&b, `<text class="m" x="%.1f" y="%d">%s</text>`, x+8, y+15, template.HTMLEscapeString(notes[i]))
	}
	if len(names) > 1 {
		x := labelWidth
		for j, name := range names {
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="10" height="10" rx="2" fill="var(--c%d)"/><text x="%d" y="%d">%s</text>`, x, height-18, j%6, x+14, height-9, template.HTMLEscapeString(name))
			x += 24 + 8*len(name)
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func total(row []float64) (sum float64) {
	for _, v := range row {
		sum += v
	}
	return sum
}

func (r *Report) ratePicture() picture {
	var labels, notes []string
	var parts [][]float64
	for _, row := range r.Rows {
		labels, parts = append(labels, fmt.Sprintf("%s, %d", row.Label, row.Sockets)), append(parts, []float64{row.Rate})
		note := fmt.Sprintf("%.0f/s", row.Rate)
		if row.OfRate > 0 && row.Label != pipelineLabel {
			note += fmt.Sprintf(" = %.2f of the pipeline", row.OfRate)
		}
		notes = append(notes, note)
	}
	return picture{"Turns a second", "System and number of sockets. The pipeline does the least that a system of this shape can do, and checks nothing.", bars(labels, parts, notes, nil)}
}

func (r *Report) cpuPicture() picture {
	names := map[string]bool{}
	for _, row := range r.Rows {
		for part := range row.CPU {
			names[part] = true
		}
	}
	order := slices.Sorted(maps.Keys(names))
	var labels, notes []string
	var parts [][]float64
	for _, row := range r.Rows {
		var of []float64
		for _, name := range order {
			of = append(of, row.CPU[name])
		}
		labels, parts = append(labels, fmt.Sprintf("%s, %d", row.Label, row.Sockets)), append(parts, of)
		notes = append(notes, fmt.Sprintf("%.0f µs", row.CPUAll))
	}
	return picture{"CPU time a turn", "All processes, until everything is stored.", bars(labels, parts, notes, order)}
}

// rampPicture draws median and 99th percentile over the rate, on a logarithmic scale of
// milliseconds.
func rampPicture(legs []OpenLeg) picture {
	if len(legs) < 2 {
		return picture{}
	}
	const height, left, bottom = 300, 76, 30
	most, slowest := 0., 1.
	for _, l := range legs {
		most, slowest = max(most, l.Asked), max(slowest, l.Reply.P99)
	}
	top := math.Ceil(math.Log10(slowest))
	x := func(rate float64) float64 { return left + rate/most*(chartWidth-left-20) }
	y := func(v float64) float64 {
		return (height-bottom-10)*(1-max(0, math.Log10(max(v, 1)))/max(top, 1)) + 10
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img">`, chartWidth, height)
	for e := 0.; e <= top; e++ {
		v := math.Pow(10, e)
		fmt.Fprintf(&b, `<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" stroke="var(--line)"/><text class="m" x="%d" y="%.1f" text-anchor="end">%.0f ms</text>`, left, chartWidth-20, y(v), y(v), left-8, y(v)+4, v)
	}
	color := 0
	for _, label := range labelsOf(legs) {
		for _, of := range []struct {
			name  string
			below float64 // where its name stands, from the end of its line
			value func(OpenLeg) float64
		}{{"p50", 16, func(l OpenLeg) float64 { return l.Reply.P50 }}, {"p99", -8, func(l OpenLeg) float64 { return l.Reply.P99 }}} {
			var points []string
			var last string
			for _, l := range legs {
				if l.Label == label {
					points = append(points, fmt.Sprintf("%.1f,%.1f", x(l.Asked), y(of.value(l))))
					last = fmt.Sprintf(`<text x="%.1f" y="%.1f" text-anchor="end">%s %s</text>`, x(l.Asked), y(of.value(l))+of.below, template.HTMLEscapeString(label), of.name)
				}
			}
			fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="var(--c%d)" stroke-width="2"/>%s`, strings.Join(points, " "), color%6, last)
			color++
		}
	}
	fmt.Fprintf(&b, `<text class="m" x="%d" y="%d" text-anchor="end">%.0f messages/s</text><text class="m" x="%d" y="%d">0</text></svg>`, chartWidth-20, height-8, most, left, height-8)
	return picture{"Latency as the load grows", "Open loop: from when a message should have been sent to its reply.", template.HTML(b.String())}
}

func labelsOf(legs []OpenLeg) (labels []string) {
	for _, l := range legs {
		if !slices.Contains(labels, l.Label) {
			labels = append(labels, l.Label)
		}
	}
	return labels
}
