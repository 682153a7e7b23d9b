package monitoring

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// every is the interval at which metrics are scraped and alerts are evaluated here, as
// in docker-compose.yml.
const every = 15 * time.Second

// beginning is when a history begins: late enough that the engine can look back from it.
var beginning = time.Unix(1_800_000_000, 0)

// readAlerts reads a file of alerts as Prometheus does.
func readAlerts(text []byte) ([]rulefmt.RuleGroup, error) {
	groups, errs := rulefmt.Parse(text, false)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return groups.Groups, nil
}

// history is what Prometheus holds. It is written once and then only read.
type history []storage.Series

// remember parses series in the notation of Prometheus' own tests, one a line, such as
// up{job="gateway"} 1x20 _ 0x5: a value for each scrape, _ if it is missing. A later
// series replaces an earlier one of the same name and labels.
func remember(text string) (history, error) {
	byLabels, order := map[string]storage.Series{}, []string{}
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		of, values, err := parser.ParseSeriesDesc(line)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
		var samples []chunks.Sample
		for i, v := range values {
			if !v.Omitted {
				samples = append(samples, point{beginning.Add(time.Duration(i) * every).UnixMilli(), v.Value})
			}
		}
		if byLabels[of.String()] == nil {
			order = append(order, of.String())
		}
		byLabels[of.String()] = storage.NewListSeries(of, samples)
	}
	var h history
	for _, name := range order {
		h = append(h, byLabels[name])
	}
	return h, nil
}

// Querier implements storage.Queryable.
func (h history) Querier(_, _ int64) (storage.Querier, error) { return querier{h: h}, nil }

type querier struct {
	storage.LabelQuerier // nil: the engine doesn't use it
	h                    history
}

func (q querier) Close() error { return nil }

// Select implements storage.Querier.
func (q querier) Select(_ context.Context, _ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
	set := &found{at: -1}
	for _, s := range q.h {
		if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches(s.Labels().Get(m.Name)) }) {
			set.series = append(set.series, s)
		}
	}
	return set
}

type found struct {
	series []storage.Series
	at     int
}

func (f *found) Next() bool                        { f.at++; return f.at < len(f.series) }
func (f *found) At() storage.Series                { return f.series[f.at] }
func (f *found) Err() error                        { return nil }
func (f *found) Warnings() annotations.Annotations { return nil }

// point is a value at one moment.
type point struct {
	at    int64
	value float64
}

func (p point) T() int64                      { return p.at }
func (p point) F() float64                    { return p.value }
func (p point) H() *histogram.Histogram       { return nil }
func (p point) FH() *histogram.FloatHistogram { return nil }
func (p point) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (p point) Copy() chunks.Sample           { return p }

// firing is an alert that fired, with its labels except its name, and its text.
type firing struct {
	alert, labels string
	first         time.Duration // since the beginning
	says          []string
}

// judge lets time pass and returns what fired: what the expression found at every
// evaluation for as long as `for` says. Only this rule of Prometheus is rewritten here;
// its engine does the rest.
func judge(t testing.TB, alerts []rulefmt.RuleGroup, h history, looks int) []firing {
	t.Helper()
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute})
	t.Cleanup(func() { _ = engine.Close() })
	var fired []firing
	for _, g := range alerts {
		for _, rule := range g.Rules {
			fired = append(fired, judgeOne(t, engine, rule, h, looks)...)
		}
	}
	return fired
}

func judgeOne(t testing.TB, engine *promql.Engine, rule rulefmt.Rule, h history, looks int) (fired []firing) {
	t.Helper()
	since := map[string]time.Duration{} // by labels: when it was first found
	told := map[string]bool{}
	for look := range looks {
		now := time.Duration(look) * every
		q, err := engine.NewInstantQuery(t.Context(), h, nil, rule.Expr, beginning.Add(now))
		if err != nil {
			t.Fatalf("%s: %v", rule.Alert, err)
		}
		result, err := q.Exec(t.Context()).Vector()
		if err != nil {
			t.Fatalf("%s: %v", rule.Alert, err)
		}
		there := map[string]bool{}
		for _, sample := range result {
			b := labels.NewBuilder(sample.Metric).Del(labels.MetricName)
			for name, value := range rule.Labels {
				b.Set(name, value)
			}
			is := b.Del("severity").Labels()
			if there[is.String()] {
				t.Errorf("%s finds %s twice", rule.Alert, is)
			}
			there[is.String()] = true
			if _, was := since[is.String()]; !was {
				since[is.String()] = now
			}
			if now-since[is.String()] >= time.Duration(rule.For) && !told[is.String()] {
				told[is.String()] = true
				fired = append(fired, firing{rule.Alert, is.String(), now, says(t, rule, is, sample.F)})
			}
		}
		for was := range since {
			if !there[was] {
				delete(since, was)
			}
		}
		q.Close()
	}
	return fired
}

// says returns the text of an alert; it holds < if a template fails.
func says(t testing.TB, rule rulefmt.Rule, is labels.Labels, value float64) (list []string) {
	t.Helper()
	data := template.AlertTemplateData(is.Map(), nil, "", promql.Sample{F: value})
	for _, name := range []string{"summary", "description"} {
		text := "{{$labels := .Labels}}{{$value := .Value}}" + rule.Annotations[name]
		out, err := template.NewTemplateExpander(t.Context(), text, rule.Alert, data, model.Time(0), nil, nil, []string{"missingkey=error"}).Expand()
		if err != nil {
			out = "<" + err.Error()
		}
		list = append(list, out)
	}
	return list
}

// only returns the alert with that name.
func only(alerts []rulefmt.RuleGroup, name string) []rulefmt.RuleGroup {
	var g rulefmt.RuleGroup
	for _, group := range alerts {
		for _, r := range group.Rules {
			if r.Alert == name {
				g.Rules = append(g.Rules, r)
			}
		}
	}
	return []rulefmt.RuleGroup{g}
}
