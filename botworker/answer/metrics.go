package answer

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Why the model's answer is replaced.
const (
	whyFailed   = "failed"   // for good
	whyPaused   = "paused"   // it failed several times in a row, and is left alone
	whyFiltered = "filtered" // the endpoint withheld it
	whyEmpty    = "empty"    // nothing in it can be shown
)

type metrics struct{ replaced *prometheus.CounterVec }

func newMetrics(r prometheus.Registerer, b *breaker) *metrics {
	f := promauto.With(r)
	m := &metrics{replaced: f.NewCounterVec(prometheus.CounterOpts{
		Name: "parley_llm_replaced_total", Help: "Answers that the bot gave in place of the language model, by why: failed, paused (it failed several times in a row, and is not asked), filtered (the endpoint withheld the answer), empty.",
	}, []string{"why"})}
	for _, why := range []string{whyFailed, whyPaused, whyFiltered, whyEmpty} {
		m.replaced.WithLabelValues(why)
	}
	f.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_llm_paused", Help: "Whether this replica leaves the language model alone because it failed several times in a row: 1 or 0."}, func() float64 {
		if b.open() {
			return 1
		}
		return 0
	})
	return m
}

func (m *metrics) fellBack(why string) { m.replaced.WithLabelValues(why).Inc() }
