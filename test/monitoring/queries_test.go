package monitoring

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/parley-chat/parley/pkg/roles"
)

// foreign are the queried metrics of other programs, with their labels.
var foreign = map[string][]string{
	"up":                                   {}, // Prometheus' own
	"ALERTS":                               {"alertname", "alertstate", "severity", "role", "stream", "consumer", "call", "why", "persistentvolumeclaim"},
	"kubelet_volume_stats_available_bytes": {"persistentvolumeclaim"}, // Kubernetes' own
	"kubelet_volume_stats_capacity_bytes":  {"persistentvolumeclaim"},
	"go_goroutines":                        {}, // Prometheus' Go client's, in each role
	"process_cpu_seconds_total":            {}, "process_resident_memory_bytes": {}, "process_open_fds": {}, "process_max_fds": {}, "process_start_time_seconds": {},
}

// byScrape are the labels that the scraper adds to everything. job is the role.
var byScrape = []string{"job", "instance", "namespace", "pod"}

// unseen are values of labels that appear only when something has happened.
var unseen = map[string][]string{
	"job":                   jobs(),
	"why":                   {"address", "backlog", "busy", "connections", "handshakes", "idle", "refused", "room"},
	"call":                  {`escalation\..*`, `history\..*`},
	"kind":                  {"visitor", "message", "ask", "reply", "state", "say", "note", "card"},
	"result":                {"ok", "failed", "refused", "given_up"},
	"stream":                {"TIMERS"},
	"alertname":             {"Parley.*"},
	"alertstate":            {"firing"},
	"persistentvolumeclaim": {"data-(nats|mongo)-[0-9]+"},
}

// jobs are the roles, and all of them in one process.
func jobs() []string {
	list := []string{"all"}
	for _, r := range roles.Every() {
		list = append(list, r.Name)
	}
	return list
}

// asked is one query, and where it was found.
type asked struct{ where, expr string }

// inBoards returns the queries of a dashboard.
func inBoards(name string, text []byte) ([]asked, error) {
	var b dashboard
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var list []asked
	for _, p := range b.Panels {
		for _, target := range p.Targets {
			list = append(list, asked{name + ", " + p.Title, target.Expr})
		}
	}
	return list, nil
}

// inAlerts returns the queries of the file of alerts.
func inAlerts(text []byte) ([]asked, error) {
	groups, err := readAlerts(text)
	if err != nil {
		return nil, err
	}
	var list []asked
	for _, g := range groups {
		for _, r := range g.Rules {
			list = append(list, asked{r.Alert, r.Expr})
		}
	}
	return list, nil
}

// checkQuery returns what a query asks for and the program does not show.
func checkQuery(q asked, all map[string]*figure) (faults []string) {
	fault := func(format string, v ...any) { faults = append(faults, q.where+": "+fmt.Sprintf(format, v...)) }
	expr, err := parser.ParseExpr(strings.ReplaceAll(q.expr, "$__rate_interval", "5m"))
	if err != nil {
		fault("%v", err)
		return faults
	}
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			there, known := labelsOf(n.Name, all)
			if !known {
				fault("there is no figure %s", n.Name)
				return nil
			}
			for _, m := range n.LabelMatchers {
				if m.Name == labels.MetricName {
					continue
				}
				if !slices.Contains(there, m.Name) {
					fault("%s has no label %s", n.Name, m.Name)
					continue
				}
				for _, value := range valuesOf(m) {
					if !hasValue(n.Name, m.Name, value, all) {
						fault("%s is never %s=%q", n.Name, m.Name, value)
					}
				}
			}
		case *parser.AggregateExpr:
			checkGrouping(n.Grouping, n.Expr, all, fault)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				checkGrouping(n.VectorMatching.MatchingLabels, n.LHS, all, fault)
				checkGrouping(n.VectorMatching.MatchingLabels, n.RHS, all, fault)
			}
		case *parser.Call:
			counts(n, all, fault)
		}
		return nil
	})
	return faults
}

// checkGrouping: a query may group only by a label of one of the metrics inside it.
func checkGrouping(by []string, below parser.Expr, all map[string]*figure, fault func(string, ...any)) {
	there := map[string]bool{}
	parser.Inspect(below, func(node parser.Node, _ []parser.Node) error {
		if v, ok := node.(*parser.VectorSelector); ok {
			list, _ := labelsOf(v.Name, all)
			for _, l := range list {
				there[l] = true
			}
		}
		return nil
	})
	for _, l := range by {
		if !there[l] {
			fault("%s has no label %s to group by", below, l)
		}
	}
}

// counts: only a counter has a rate.
func counts(call *parser.Call, all map[string]*figure, fault func(string, ...any)) {
	if call.Func.Name != "rate" && call.Func.Name != "increase" {
		return
	}
	m, ok := call.Args[0].(*parser.MatrixSelector)
	if !ok {
		return
	}
	name := m.VectorSelector.(*parser.VectorSelector).Name
	if f := all[name]; f != nil && f.kind != "counter" {
		fault("%s is a %s: it has no rate", name, f.kind)
	}
}

// labelsOf returns a metric's labels; for a histogram, also those of its parts.
func labelsOf(name string, all map[string]*figure) (there []string, known bool) {
	if list, is := foreign[name]; is {
		return append(slices.Clone(list), byScrape...), true
	}
	base, part := baseOf(name, all)
	f := all[base]
	if f == nil || (part == "") == (f.kind == "histogram") {
		return nil, false
	}
	there = slices.Clone(byScrape)
	for l := range f.labels {
		there = append(there, l)
	}
	if part == "_bucket" {
		there = append(there, "le")
	}
	return there, true
}

func baseOf(name string, all map[string]*figure) (base, part string) {
	for _, part := range []string{"_bucket", "_count", "_sum"} {
		base, is := strings.CutSuffix(name, part)
		if f := all[base]; is && f != nil && f.kind == "histogram" {
			return base, part
		}
	}
	return name, ""
}

// valuesOf returns the values that a matcher names; a regular expression is split at
// its bars.
func valuesOf(m *labels.Matcher) []string {
	if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual || strings.Contains(m.Value, "(") {
		return []string{m.Value}
	}
	return strings.Split(m.Value, "|")
}

func hasValue(metric, label, value string, all map[string]*figure) bool {
	base, _ := baseOf(metric, all)
	if f := all[base]; f != nil && f.values[label][value] {
		return true
	}
	return slices.Contains(unseen[label], value)
}

func TestQueriesAskForWhatThereIs(t *testing.T) {
	queries, err := inAlerts(read(t, "k8s/monitoring/rules/parley.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range committedBoards(t) {
		of, err := inBoards(name, text)
		if err != nil {
			t.Fatal(err)
		}
		queries = append(queries, of...)
	}
	if len(queries) < 150 {
		t.Errorf("only %d queries were found", len(queries))
	}
	all := truth(t)
	for _, q := range queries {
		for _, fault := range checkQuery(q, all) {
			t.Error(fault)
		}
	}
}

// A metric that nobody looks at is not worth counting: each is in a dashboard.
func TestEveryFigureIsLookedAt(t *testing.T) {
	all, seen := truth(t), map[string]bool{}
	for name, text := range committedBoards(t) {
		queries, err := inBoards(name, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range queries {
			expr, err := parser.ParseExpr(strings.ReplaceAll(q.expr, "$__rate_interval", "5m"))
			if err != nil {
				continue // found elsewhere
			}
			parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
				if v, ok := node.(*parser.VectorSelector); ok {
					base, _ := baseOf(v.Name, all)
					seen[base] = true
				}
				return nil
			})
		}
	}
	for name := range all {
		if !seen[name] && name != "parley_disk_full" { // has an alert of its own
			t.Errorf("no dashboard shows %s", name)
		}
	}
}

// read returns a file of the repository.
func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func committedBoards(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "k8s/monitoring/dashboards/*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = text
	}
	return files
}
