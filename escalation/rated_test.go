package escalation_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// figures reads the counters of a registry, by name and the label "of".
func figures(t *testing.T, r *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "of" {
					all[f.GetName()+" "+l.GetValue()] = m.GetCounter().GetValue()
				}
			}
		}
	}
	return all
}

// A visit's first rating counts, for the person who had the chat in it, or for the bot.
func TestRatingsAreCountedByWhomTheyAreOf(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts, metrics := patient(), prometheus.NewRegistry()
	opts.Metrics = metrics
	s.work("one", opts)
	rate := func(score int) {
		s.in(chat.Event{Chat: id, Kind: chat.Request, Request: chat.Rate, Score: score})
	}
	is := func(what string, want float64) {
		t.Helper()
		bustest.Eventually(t, what, func() bool { return figures(t, metrics)["parley_escalation_"+what] == want })
	}
	s.message(id, "shoes?")
	s.reply(id, false)
	rate(4)
	rate(4) // the words that follow
	is("ratings_total bot", 1)
	is("rating_points_total bot", 4)
	s.ask(id, chat.Close)
	s.becomes(id, chat.Closed)
	s.message(id, "hats?")
	s.reply(id, false)
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	s.must(roles.DeskTake, id, grace, "")
	s.must(roles.DeskSay, id, grace, "Hi")
	s.must(roles.DeskClose, id, grace, "")
	rate(5)
	is("ratings_total agent", 1)
	is("rating_points_total agent", 5)
	other := chat.NewID()
	s.in(chat.Event{Chat: other, Kind: chat.Request, Request: chat.Rate, Score: 1}) // of nobody
	s.message(id, "gloves?")
	s.reply(id, false)
	rate(2)
	is("ratings_total bot", 2)
	is("rating_points_total bot", 6)
	// The operator page reads the same.
	want := bus.Ratings{Agent: bus.Rated{Visits: 1, Points: 5}, Bot: bus.Rated{Visits: 2, Points: 6}}
	bustest.Eventually(t, "the worker reports its ratings", func() bool {
		replicas := s.conn.Overview(t.Context(), bus.Expected{Services: []string{roles.Escalation.Service}}).Replicas
		return len(replicas) == 1 && replicas[0].Ratings != nil && *replicas[0].Ratings == want
	})
	if all := figures(t, metrics); all["parley_escalation_ratings_total agent"] != 1 {
		t.Errorf("the figures are %v", all)
	}
}
