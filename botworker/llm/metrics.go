package llm

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/telemetry"
)

// metrics of a client. A process has one model, so that needs no label.
type metrics struct {
	answers   *prometheus.HistogramVec
	firstWord prometheus.Histogram
	attempts  *prometheus.CounterVec
	tokens    *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		answers: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "parley_llm_seconds", Help: "How long an answer of the language model took, with all attempts, by result: ok, failed, given_up (nobody wants it any more).", Buckets: telemetry.Waits(),
		}, []string{"result"}),
		firstWord: f.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_llm_first_word_seconds", Help: "How long an attempt took until its first word.", Buckets: telemetry.Waits(),
		}),
		attempts: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_llm_attempts_total", Help: "Attempts at an answer, by result: ok or failed.",
		}, []string{"result"}),
		tokens: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_llm_tokens_total", Help: "Tokens as the endpoint counts them, of prompts and of answers; 0 where it does not say.",
		}, []string{"kind"}),
	}
	for _, result := range []string{"ok", "failed"} {
		m.answers.WithLabelValues(result)
		m.attempts.WithLabelValues(result)
	}
	for _, kind := range []string{"prompt", "answer"} {
		m.tokens.WithLabelValues(kind)
	}
	return m
}

func (m *metrics) attempted(r Result, err error) {
	if err != nil {
		m.attempts.WithLabelValues("failed").Inc()
		return
	}
	m.attempts.WithLabelValues("ok").Inc()
	m.tokens.WithLabelValues("prompt").Add(float64(max(0, r.PromptTokens)))
	m.tokens.WithLabelValues("answer").Add(float64(max(0, r.AnswerTokens)))
}

func (m *metrics) answered(result string, began time.Time) {
	m.answers.WithLabelValues(result).Observe(time.Since(began).Seconds())
}
