package escalation

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// metrics count what this replica did.
type metrics struct{ changes *prometheus.CounterVec }

func newMetrics(r prometheus.Registerer) *metrics {
	m := &metrics{changes: promauto.With(r).NewCounterVec(prometheus.CounterOpts{
		Name: "parley_escalation_changes_total", Help: "Changes of chats that this replica stored, by reason.",
	}, []string{"reason"})}
	for _, reason := range []chat.Reason{chat.Escalated, chat.BotGaveUp, chat.LineFull, chat.AddressFull, chat.Taken, chat.Returned, chat.NobodyCame, chat.NoAnswer, chat.AgentGone, chat.SteppedIn, chat.EmailLeft, chat.MissedFull, chat.Dealt, chat.NameGiven, chat.PassedOn, chat.TakenOver} {
		m.changes.WithLabelValues(string(reason))
	}
	return m
}

func (m *metrics) changed(reason chat.Reason) { m.changes.WithLabelValues(string(reason)).Inc() }

// queueCollector shows the queue as this replica sees it when it is scraped: all
// replicas show the same. While the replica sees nothing it shows nothing, since a
// queue that only looks empty is not one that is.
type queueCollector struct{ worker *Worker }

// Describe implements prometheus.Collector.
func (c queueCollector) Describe(out chan<- *prometheus.Desc) {
	for _, g := range gauges(desk.Summary{}, time.Time{}) {
		out <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c queueCollector) Collect(out chan<- prometheus.Metric) {
	w := c.worker
	if _, synced := w.mirror.SyncedSince(); !synced {
		return
	}
	for _, g := range gauges(w.mirror.Summary(), w.now()) {
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value)
	}
}

type gauge struct {
	desc  *prometheus.Desc
	value float64
}

func gauges(s desk.Summary, now time.Time) []gauge {
	var oldest time.Duration
	if !s.OldestAsked.IsZero() {
		oldest = max(0, now.Sub(s.OldestAsked))
	}
	desc := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return []gauge{
		{desc("parley_escalation_waiting_chats", "Chats that wait for a person."), float64(s.Waiting)},
		{desc("parley_escalation_waiting_from_one_address", "Chats that wait for a person and come from the address that has most of them."), float64(s.MostFromOne)},
		{desc("parley_escalation_live_chats", "Chats that are with a person."), float64(s.Live)},
		{desc("parley_escalation_missed_chats", "Chats whose visitor left an address, that no agent has dealt with, and that are neither waiting nor live."), float64(s.Missed)},
		{desc("parley_escalation_oldest_wait_seconds", "How long the visitor who waits longest for a person has waited; 0 where nobody waits."), oldest.Seconds()},
		{desc("parley_escalation_agents_online", "Agents with a console open."), float64(len(s.Online))},
	}
}
