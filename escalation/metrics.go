package escalation

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/chat"
)

// metrics of what this replica did.
type metrics struct{ changes *prometheus.CounterVec }

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{changes: promauto.With(r).NewCounterVec(prometheus.CounterOpts{
		Name: "parley_escalation_changes_total", Help: "Changes of chats that this replica stored, by reason.",
	}, []string{"reason"})}
	for _, reason := range []chat.Reason{chat.Escalated, chat.BotGaveUp, chat.Taken, chat.Returned, chat.NobodyCame, chat.NoAnswer, chat.AgentGone} {
		m.changes.WithLabelValues(string(reason))
	}
	return m
}

func (m *metrics) changed(reason chat.Reason) { m.changes.WithLabelValues(string(reason)).Inc() }

// line shows the line as this replica sees it at the moment it is asked: all
// replicas show the same. While it sees nothing it shows nothing, since a line that
// looks empty is not one that is.
type line struct{ worker *Worker }

func desc(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

// Describe implements prometheus.Collector.
func (l line) Describe(out chan<- *prometheus.Desc) {
	for _, f := range figures(lineNow{}) {
		out <- f.desc
	}
}

// Collect implements prometheus.Collector.
func (l line) Collect(out chan<- prometheus.Metric) {
	w := l.worker
	if _, sees := w.board.watchedSince(); !sees {
		return
	}
	for _, f := range figures(w.board.line(w.now(), w.onlineFor())) {
		out <- prometheus.MustNewConstMetric(f.desc, prometheus.GaugeValue, f.value)
	}
}

type figure struct {
	desc  *prometheus.Desc
	value float64
}

func figures(n lineNow) []figure {
	return []figure{
		{desc("parley_escalation_waiting_chats", "Chats that wait for a person."), float64(n.waiting)},
		{desc("parley_escalation_live_chats", "Chats that are with a person."), float64(n.live)},
		{desc("parley_escalation_oldest_wait_seconds", "How long the visitor who waits longest for a person has waited; 0 where nobody waits."), n.oldest.Seconds()},
		{desc("parley_escalation_agents_online", "Agents with a console open."), float64(n.online)},
	}
}

// lineNow is the line at one moment.
type lineNow struct {
	waiting, live, online int
	oldest                time.Duration
}

// line counts who waits and who is there.
func (b *board) line(now time.Time, limit time.Duration) lineNow {
	b.mu.Lock()
	defer b.mu.Unlock()
	var n lineNow
	for _, e := range b.desk {
		switch e.Status {
		case chat.Live:
			n.live++
		case chat.Waiting:
			n.waiting++
			n.oldest = max(n.oldest, now.Sub(e.Asked))
		}
	}
	for _, p := range b.people {
		if !p.left && now.Sub(p.seen) <= limit {
			n.online++
		}
	}
	return n
}
