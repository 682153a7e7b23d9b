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
	turnedAway  *prometheus.CounterVec
	backlog     prometheus.Gauge
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
		turnedAway: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_gateway_turned_away_total", Help: "Connections and frames that were turned away because there was too much, by what there was too much of.",
		}, []string{"why"}),
		backlog: f.NewGauge(prometheus.GaugeOpts{Name: "parley_gateway_bot_backlog", Help: "Messages that the bot has not dealt with, as this gateway saw last."}),
		rereads: f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_gaps_total", Help: "Gaps in the live feed that were read again from the stream."}),
	}
}

func (m *metrics) accepted(took time.Duration) {
	m.messages.Inc()
	m.store.Observe(took.Seconds())
}

// turned counts who was turned away. why is one of the words in this package.
func (m *metrics) turned(why string) { m.turnedAway.WithLabelValues(why).Inc() }

// frame counts a frame; kinds that don't exist share one label.
func (m *metrics) frame(kind string) {
	switch kind {
	case "hello", "send", "escalate", "cancel", "close", "rate", "page", "typing", "read", "open", "leave", "take", "say", "note", "return", "transfer", "chats":
	default:
		kind = "unknown"
	}
	m.frames.WithLabelValues(kind).Inc()
}
