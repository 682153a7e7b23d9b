package botworker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/telemetry"
)

// metrics of a bot worker.
type metrics struct {
	replies  *prometheus.CounterVec
	thinking *prometheus.HistogramVec
	working  prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		replies: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_bot_replies_total", Help: "Replies that were stored, by what they do: answer, handover (a person is called), apology (it could not be answered).",
		}, []string{"kind"}),
		thinking: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_bot_think_seconds", Help: "How long the bot thought of a reply, by result: ok or failed. What was thought in vain, since somebody else wrote first, counts too.", Buckets: telemetry.Waits(),
		}, []string{"result"}),
		working: f.NewGauge(prometheus.GaugeOpts{Name: "parley_bot_thinking", Help: "Replies that are being thought of."}),
	}
	for _, kind := range []string{answered, handedOver, apologized} {
		m.replies.WithLabelValues(kind)
	}
	for _, result := range []string{"ok", "failed"} {
		m.thinking.WithLabelValues(result)
	}
	return m
}

// What a reply does.
const (
	answered   = "answer"
	handedOver = "handover"
	apologized = "apology"
)

func (m *metrics) replied(kind string) { m.replies.WithLabelValues(kind).Inc() }

func (m *metrics) thought(began time.Time, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.thinking.WithLabelValues(result).Observe(time.Since(began).Seconds())
}
