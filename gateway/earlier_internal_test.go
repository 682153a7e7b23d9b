package gateway

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestWhereReadingBegins(t *testing.T) {
	var seq uint64
	visit := uint64(1)
	words := func() chat.Event { return chat.Event{Kind: chat.Message} }
	state := func(status chat.Status, team, user string) chat.Event {
		s := &chat.State{Status: status, Visit: visit}
		if team != "" {
			s.Routing = &chat.Routing{To: team}
		}
		if user != "" {
			s.Agent = &chat.Agent{User: user}
		}
		return chat.Event{Kind: chat.StateChange, State: s}
	}
	end := func(team string) chat.Event {
		e := state(chat.Closed, team, "")
		e.Reason = chat.ByAgent
		visit++
		return e
	}
	log := func(events ...chat.Event) []chat.Event {
		seq = 0
		for i := range events {
			seq++
			events[i].Seq = seq
		}
		visit = 1
		return events
	}
	note := chat.Event{Kind: chat.Note}
	for name, c := range map[string]struct {
		log   []chat.Event
		first uint64
	}{
		"one visit":                           {log(words(), state(chat.Waiting, "sales", "")), 0},
		"after a visit of nobody's":           {log(words(), state(chat.WithBot, "", ""), end(""), words(), state(chat.Waiting, "mine", "")), 0},
		"after one of their team":             {log(words(), state(chat.Waiting, "mine", ""), end("mine"), words()), 0},
		"after another team's":                {log(words(), state(chat.Waiting, "sales", ""), end("sales"), note, words(), state(chat.WithBot, "", "")), 5},
		"that went to another team":           {log(words(), state(chat.Waiting, "mine", ""), state(chat.Waiting, "sales", ""), end("sales"), words()), 5},
		"that came from another team":         {log(words(), state(chat.Waiting, "sales", ""), state(chat.Waiting, "mine", ""), end("mine"), words()), 0},
		"that they had":                       {log(words(), state(chat.Live, "mine", "grace"), state(chat.Live, "sales", "hedy"), end("sales"), words()), 0},
		"that a colleague had":                {log(words(), state(chat.Live, "mine", "ada"), state(chat.Live, "sales", "hedy"), end("sales"), words()), 5},
		"theirs, before which was another's":  {log(words(), end("sales"), words(), state(chat.Waiting, "mine", ""), end("mine"), words()), 3},
		"another's, before which was theirs":  {log(words(), end("mine"), words(), state(chat.Waiting, "sales", ""), end("sales"), words(), state(chat.WithBot, "", "")), 6},
		"a piece from the midst of another's": {log(note, note, end("sales"), words()), 4},
		"words of which nobody knows whose":   {log(words(), words(), words()), 0},
		"nothing":                             {nil, 0},
	} {
		got := firstReadable(c.log, func(s *chat.State, last bool) bool {
			return s.Agent != nil && s.Agent.User == "grace" || last && s.Team() != "sales"
		})
		if got != c.first {
			t.Errorf("%s: it begins at %d, want %d", name, got, c.first)
		}
	}
}
