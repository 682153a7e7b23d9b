package meter

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/spent"
)

// uncounted is the scope of a refusal because the counters don't answer.
const uncounted = "uncounted"

type metrics struct {
	refused *prometheus.CounterVec
	today   func() string

	mu  sync.Mutex // guards what follows
	day string
	all spent.Amount // of everybody, on that day
}

func newMetrics(r prometheus.Registerer, ceilings spent.Ceilings, today func() string) *metrics {
	f := promauto.With(r)
	m := &metrics{today: today, refused: f.NewCounterVec(prometheus.CounterOpts{
		Name: "parley_llm_refused_total", Help: "Questions that the language model was not asked (or not asked again), so that the bot quoted its pages, by whose ceiling was reached: chat, address, subnet (an IPv6 /56), network (an IPv6 /48 or an IPv4 /24), day; or uncounted (the counters did not answer).",
	}, []string{"scope"})}
	for _, scope := range spent.Scopes {
		m.refused.WithLabelValues(string(scope))
	}
	m.refused.WithLabelValues(uncounted)
	const spentHelp = "What all replicas together have spent of the language model since midnight UTC, as this replica last saw it: calls or tokens."
	const ceilingHelp = "How many calls or tokens of the language model may be spent in a day; 0: no ceiling."
	for _, of := range []struct {
		what string
		part func(spent.Amount) int64
	}{
		{"calls", func(a spent.Amount) int64 { return a.Calls }},
		{"tokens", func(a spent.Amount) int64 { return a.Tokens }},
	} {
		labels := prometheus.Labels{"what": of.what}
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_llm_spent_today", Help: spentHelp, ConstLabels: labels}, func() float64 { return float64(of.part(m.spentToday())) })
		f.NewGaugeFunc(prometheus.GaugeOpts{Name: "parley_llm_ceiling", Help: ceilingHelp, ConstLabels: labels}, func() float64 { return float64(of.part(ceilings.Day)) })
	}
	return m
}

// counted notes what everybody has spent. Answers may overtake each other.
func (m *metrics) counted(day string, all spent.Amount) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if day > m.day {
		m.day, m.all = day, spent.Amount{}
	}
	if day == m.day && all.Calls >= m.all.Calls {
		m.all = all
	}
}

func (m *metrics) spentToday() spent.Amount {
	today := m.today()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.day != today {
		return spent.Amount{} // nothing yet, as far as this replica knows
	}
	return m.all
}
