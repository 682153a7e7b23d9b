package telemetry

import (
	"cmp"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// NewRegistry returns a registry with the metrics of every process: its role ("all" if it
// runs all of them), its version, and the usual ones of Go and of the process.
func NewRegistry(role, version string) *prometheus.Registry {
	r := prometheus.NewRegistry()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "parley_info", Help: "Always 1; the labels say which role this process is, and of which version.",
		ConstLabels: prometheus.Labels{"role": cmp.Or(role, "all"), "version": version},
	})
	info.Set(1)
	r.MustRegister(info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Latencies are the buckets of what usually takes milliseconds: half a millisecond to ten
// seconds.
func Latencies() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
}

// Waits are the buckets of what may take as long as a language model thinks: ten
// milliseconds to two minutes.
func Waits() []float64 {
	return []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}
}

// Register registers a collector if there is a registry.
func Register(r prometheus.Registerer, c prometheus.Collector) {
	if r != nil {
		r.MustRegister(c)
	}
}
