package escalation

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
)

// metrics count what this replica did.
type metrics struct {
	changes, ratings, points *prometheus.CounterVec

	mu   sync.Mutex
	says bus.Ratings // the ratings once more, for the operator page
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		changes: f.NewCounterVec(prometheus.CounterOpts{Name: "parley_escalation_changes_total", Help: "Changes of chats that this replica stored, by reason."}, []string{"reason"}),
		ratings: f.NewCounterVec(prometheus.CounterOpts{Name: "parley_escalation_ratings_total", Help: "Visits that were rated, by whom that is of."}, []string{"of"}),
		points:  f.NewCounterVec(prometheus.CounterOpts{Name: "parley_escalation_rating_points_total", Help: "What those visits were rated, from 1 to 5, together."}, []string{"of"}),
	}
	for _, of := range []string{ratedAgent, ratedBot} {
		m.rated(of, 0)
	}
	for _, reason := range []chat.Reason{chat.Escalated, chat.BotGaveUp, chat.LineFull, chat.AddressFull, chat.Taken, chat.Returned, chat.NobodyCame, chat.NoAnswer, chat.AgentGone, chat.SteppedIn, chat.EmailLeft, chat.MissedFull, chat.Dealt, chat.NameGiven, chat.PassedOn, chat.TakenOver, chat.Snoozed, chat.Woken, chat.WokenInLine} {
		m.changes.WithLabelValues(string(reason))
	}
	return m
}

// rated counts a rating. One of 0 only makes its figures.
func (m *metrics) rated(of string, score int) {
	m.ratings.WithLabelValues(of).Add(float64(min(score, 1)))
	m.points.WithLabelValues(of).Add(float64(score))
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := &m.says.Agent
	if of == ratedBot {
		sum = &m.says.Bot
	}
	sum.Visits += int64(min(score, 1))
	sum.Points += int64(score)
}

// rates returns the ratings that were counted.
func (m *metrics) rates() bus.Ratings {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.says
}

func (m *metrics) changed(reason chat.Reason) { m.changes.WithLabelValues(string(reason)).Inc() }

// queueCollector shows the queue, and who is there for it, as this replica sees it when it is
// scraped: all replicas show the same. While the replica sees nothing it shows nothing, since a
// queue that only looks empty is not one that is.
type queueCollector struct{ worker *Worker }

// Describe implements prometheus.Collector.
func (c queueCollector) Describe(out chan<- *prometheus.Desc) {
	for _, g := range append(gauges(desk.Summary{}, staff{}, time.Time{}), lineStaff{}.gauges()...) {
		out <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c queueCollector) Collect(out chan<- prometheus.Metric) {
	w := c.worker
	if _, synced := w.mirror.SyncedSince(); !synced {
		return
	}
	s := w.mirror.Summary()
	taken, synced := w.held.total()
	if !synced {
		return
	}
	of := staffOf(s, w.candidates(), taken, w.teams.Now().Set)
	all := gauges(s, of, w.now())
	for _, line := range of.lines {
		all = append(all, line.gauges()...)
	}
	for _, g := range all {
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value, g.labels...)
	}
}

type gauge struct {
	desc   *prometheus.Desc
	value  float64
	labels []string
}

func gauges(s desk.Summary, of staff, now time.Time) []gauge {
	var oldest time.Duration
	if !s.OldestAsked.IsZero() {
		oldest = max(0, now.Sub(s.OldestAsked))
	}
	one := func(name, help string, value float64) gauge {
		return gauge{desc: prometheus.NewDesc(name, help, nil, nil), value: value}
	}
	return []gauge{
		one("parley_escalation_waiting_chats", "Chats that wait for a person.", float64(s.Waiting)),
		one("parley_escalation_waiting_from_one_address", "Chats that wait for a person and come from the address that has most of them.", float64(s.MostFromOne)),
		one("parley_escalation_unserved_chats", "Chats that wait for a person while nobody who may be given them is available.", float64(of.unserved)),
		one("parley_escalation_live_chats", "Chats that are with a person.", float64(s.Live)),
		one("parley_escalation_missed_chats", "Chats whose visitor left an address, that no agent has dealt with, and that are neither waiting nor live.", float64(s.Missed)),
		one("parley_escalation_oldest_wait_seconds", "How long the visitor who waits longest for a person has waited; 0 where nobody waits.", oldest.Seconds()),
		one("parley_escalation_agents_online", "Agents with a console open.", float64(of.online)),
		one("parley_escalation_agents_away", "Agents with a console open who want no chats.", float64(of.away)),
		one("parley_escalation_agents_available", "Agents who can be given chats, if they have a free place.", float64(of.available)),
		one("parley_escalation_places_taken", "Places of all agents that have a chat, or are reserved for one.", float64(of.taken)),
		one("parley_escalation_places_free", "How many more chats the agents who are available may have.", float64(of.free)),
	}
}

// gauges are shown for the chats of no team, and for each team: there are at most 100.
func (l lineStaff) gauges() []gauge {
	one := func(name, help string, value int) gauge {
		return gauge{prometheus.NewDesc(name, help, []string{"team"}, nil), float64(value), []string{l.team}}
	}
	return []gauge{
		one("parley_escalation_team_waiting_chats", "Chats that wait for a person, by team.", l.waiting),
		one("parley_escalation_team_agents_available", "Agents who can be given the chats of a team, if they have a free place.", l.available),
		one("parley_escalation_team_places_free", "How many more chats those agents may have.", l.free),
	}
}
