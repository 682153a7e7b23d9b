package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of a web server. No label takes its values from outside.
type metrics struct {
	answers  *prometheus.CounterVec
	faceless prometheus.Counter
	sheds    *prometheus.CounterVec
}

// The kinds of answers.
const (
	sent      = "sent"
	unchanged = "unchanged"
	refused   = "refused"
	broken    = "broken"
	stray     = "stray"
)

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		answers: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_web_answers_total", Help: "Requests for pages and files that were answered, by the answer: sent, unchanged since the browser asked last, refused, broken, or stray, which is for a gateway.",
		}, []string{"answer"}),
		sheds: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_web_turned_away_total", Help: "Connections that were closed because there were too many, by what they were.",
		}, []string{"reason"}),
		faceless: f.NewCounter(prometheus.CounterOpts{Name: "parley_web_face_failures_total", Help: "Times that no gateway said how the chat looks."}),
	}
	for _, kind := range []string{sent, unchanged, refused, broken, stray} {
		m.answers.WithLabelValues(kind)
	}
	return m
}

// shed counts a connection that was closed because there were too many. why is one of the
// words of whoever bounds them.
func (m *metrics) shed(why string) { m.sheds.WithLabelValues(why).Inc() }

// kindOf is the kind of an answer.
func kindOf(status int) string {
	switch {
	case status == http.StatusNotModified:
		return unchanged
	case status >= 500:
		return broken
	case status >= 400:
		return refused
	}
	return sent
}
