package monitoring

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// figure is a metric that the program shows.
type figure struct {
	kind   string // counter, gauge or histogram
	labels map[string]bool
	roles  map[string]bool
	values map[string]map[string]bool // by label: the values seen
}

// figures are all metrics, by name. They may be added to concurrently.
type figures struct {
	mu    sync.Mutex // guards what follows
	named map[string]*figure
}

func (f *figures) add(role, name, kind string, labels []string) *figure {
	if !strings.HasPrefix(name, "parley_") {
		return nil
	}
	if f.named[name] == nil {
		f.named[name] = &figure{labels: map[string]bool{}, roles: map[string]bool{}, values: map[string]map[string]bool{}}
	}
	m := f.named[name]
	m.roles[role] = true
	if kind != "" {
		m.kind = kind
	}
	for _, l := range labels {
		m.labels[l] = true
		if m.values[l] == nil {
			m.values[l] = map[string]bool{}
		}
	}
	return m
}

// gathered adds what a registry shows, or a process on /metrics.
func (f *figures) gathered(role string, families []*dto.MetricFamily) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, family := range families {
		kind := strings.ToLower(family.GetType().String())
		for _, m := range family.Metric {
			var labels []string
			for _, l := range m.Label {
				labels = append(labels, l.GetName())
			}
			if fig := f.add(role, family.GetName(), kind, labels); fig != nil {
				for _, l := range m.Label {
					fig.values[l.GetName()][l.GetValue()] = true
				}
			}
		}
	}
}

// recorder is a registry that records what is registered, including metrics that show
// nothing until something has happened.
type recorder struct {
	*prometheus.Registry
	role string
	into *figures
}

func (f *figures) recorder(role string) recorder {
	return recorder{prometheus.NewRegistry(), role, f}
}

func (r recorder) MustRegister(list ...prometheus.Collector) {
	for _, c := range list {
		if err := r.Register(c); err != nil {
			panic(err)
		}
	}
}

func (r recorder) Register(c prometheus.Collector) error {
	r.note(c)
	return r.Registry.Register(c)
}

var described = regexp.MustCompile(`^Desc\{fqName: "([^"]*)", .*constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}\}$`)

func (r recorder) note(c prometheus.Collector) {
	kind := ""
	switch c.(type) {
	case *prometheus.CounterVec, prometheus.Counter:
		kind = "counter"
	case *prometheus.HistogramVec:
		kind = "histogram"
	case *prometheus.GaugeVec:
		kind = "gauge"
	}
	descs := make(chan *prometheus.Desc, 100)
	c.Describe(descs)
	close(descs)
	r.into.mu.Lock()
	defer r.into.mu.Unlock()
	for d := range descs {
		parts := described.FindStringSubmatch(d.String())
		if parts == nil {
			panic(fmt.Sprintf("a description that can't be read: %s", d))
		}
		var labels []string
		for _, pair := range strings.Split(parts[2], ",") {
			if name, _, found := strings.Cut(pair, "="); found {
				labels = append(labels, name)
			}
		}
		if parts[3] != "" {
			labels = append(labels, strings.Split(parts[3], ",")...)
		}
		if kind == "counter" && !strings.HasSuffix(parts[1], "_total") {
			kind = "gauge" // a gauge has all the methods of a counter
		}
		r.into.add(r.role, parts[1], kind, labels)
	}
}

// truth is the metrics that exist, read from the program once.
func truth(t testing.TB) map[string]*figure {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.named == nil {
		f := &figures{named: map[string]*figure{}}
		f.ofTheRoles(t)
		f.ofTheProgram(t)
		if t.Failed() {
			t.FailNow()
		}
		shared.named = f.named
	}
	return shared.named
}

var shared struct {
	sync.Mutex // guards named
	named      map[string]*figure
}

// The truth is read in two ways; if one of them saw nothing, the tests would hold the
// pages to too little.
func TestTheTruthIsWhole(t *testing.T) {
	all := truth(t)
	if len(all) < 40 {
		t.Errorf("only %d metrics were found: %v", len(all), slices.Sorted(maps.Keys(all)))
	}
	for name, f := range all {
		if f.kind == "" {
			t.Errorf("%s has no kind", name)
		}
	}
	for name, label := range map[string]string{
		"parley_gateway_turned_away_total": "why", "parley_bus_append_failures_total": "kind", "parley_stream_unanswered": "stream", // these show nothing while all is well
		"parley_disk_full": "", "parley_llm_tokens_total": "kind", "parley_consumer_pending": "consumer", "parley_escalation_waiting_chats": "",
	} {
		f := all[name]
		if f == nil || label != "" && !f.labels[label] {
			t.Errorf("%s with the label %q was not found: %v", name, label, f)
		}
	}
}
