package gateway

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of a gateway. No label takes its values from outside.
type metrics struct {
	connections *prometheus.GaugeVec
	frames      *prometheus.CounterVec
	errors      *prometheus.CounterVec
	messages    prometheus.Counter
	store       prometheus.Histogram
	rereads     prometheus.Counter
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	return &metrics{
		connections: f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_connections", Help: "Open WebSocket connections."}, []string{"kind"}),
		frames:      f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_frames_total", Help: "Frames that clients sent, by kind."}, []string{"kind"}),
		errors:      f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_errors_total", Help: "Frames that were answered with an error, by code."}, []string{"code"}),
		messages:    f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_accepted_total", Help: "Messages and requests of visitors that were stored and acknowledged."}),
		store: f.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_gateway_store_seconds", Help: "Time until the stream had stored what a visitor sent.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}),
		rereads: f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_gaps_total", Help: "Gaps in the live feed that were read again from the stream."}),
	}
}

func (m *metrics) accepted(took time.Duration) {
	m.messages.Inc()
	m.store.Observe(took.Seconds())
}

// frame counts a frame; kinds that don't exist share one label.
func (m *metrics) frame(kind string) {
	switch kind {
	case "hello", "send", "escalate", "cancel", "close", "rate", "page", "typing", "read", "open", "leave", "take", "say", "note", "return", "transfer", "chats":
	default:
		kind = "unknown"
	}
	m.frames.WithLabelValues(kind).Inc()
}
