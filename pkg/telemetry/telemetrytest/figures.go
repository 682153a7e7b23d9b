package telemetrytest

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// Figures are what a registry shows at one moment: by name and labels, such as
// parley_bus_deliveries_total{consumer="bot",result="handled"}. Of a histogram the
// number of observations is under _count, their sum under _sum.
type Figures map[string]float64

// Scrape reads a registry.
func Scrape(t testing.TB, from prometheus.Gatherer) Figures {
	t.Helper()
	families, err := from.Gather()
	if err != nil {
		t.Errorf("the figures can't be read: %v", err)
	}
	all := Figures{}
	for _, f := range families {
		for _, m := range f.Metric {
			labels := labelsOf(m)
			switch f.GetType() {
			case dto.MetricType_COUNTER:
				all[f.GetName()+labels] = m.Counter.GetValue()
			case dto.MetricType_GAUGE:
				all[f.GetName()+labels] = m.Gauge.GetValue()
			case dto.MetricType_HISTOGRAM:
				all[f.GetName()+"_count"+labels] = float64(m.Histogram.GetSampleCount())
				all[f.GetName()+"_sum"+labels] = m.Histogram.GetSampleSum()
			}
		}
	}
	return all
}

func labelsOf(m *dto.Metric) string {
	if len(m.Label) == 0 {
		return ""
	}
	var list []string
	for _, l := range m.Label {
		list = append(list, l.GetName()+`="`+l.GetValue()+`"`)
	}
	slices.Sort(list)
	return "{" + strings.Join(list, ",") + "}"
}
