package check

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestARatingStandsInItsVisit(t *testing.T) {
	ask := func(id string) history.Event {
		return history.Event{Kind: "ask", Role: "visitor", ID: id, What: "rate", Score: 4}
	}
	words := func(id string) history.Event { return history.Event{Kind: "message", Role: "visitor", ID: id} }
	end := history.Event{Kind: "state", Role: "system", Status: closed, Reason: "by_visitor"}
	dealt := history.Event{Kind: "state", Role: "agent", Status: closed, Reason: "dealt"}
	reply := history.Event{Kind: "reply", Role: "bot", Status: withBot}
	for name, c := range map[string]struct {
		log    []history.Event
		faults int
	}{
		"after the end":                    {[]history.Event{words("m0"), reply, end, ask("r"), words("m2"), reply}, 0},
		"in the next visit":                {[]history.Event{words("m0"), reply, end, words("m2"), reply, ask("r")}, 1},
		"before the reply of it":           {[]history.Event{words("m0"), reply, end, words("m2"), ask("r")}, 1},
		"behind what was written before":   {[]history.Event{reply, end, words("m0"), ask("r"), words("m2")}, 0},
		"behind another tab's words":       {[]history.Event{words("m0"), reply, end, words("other"), ask("r")}, 0},
		"behind words in a visit that is":  {[]history.Event{words("m0"), reply, words("m2"), ask("r")}, 0}, // Reordered's to find
		"although somebody dealt with it":  {[]history.Event{words("m0"), reply, end, words("m2"), dealt, ask("r")}, 1},
		"behind the words of a later tail": {[]history.Event{words("m0"), end, ask("r"), words("m2"), reply, end, words("m3")}, 0},
	} {
		log := make([]history.Event, len(c.log))
		for i, e := range c.log {
			e.Chat, e.Seq = chatA, uint64(i+1)
			log[i] = e
		}
		b := newBook(Options{})
		b.readLogs(log, log)
		for client, ids := range map[string][]string{"ada": {"m0", "r", "m2", "m3"}, "ada's other tab": {"", "", "", "other"}} {
			entries := []history.Entry{{Op: history.Begin, Role: "visitor", Name: "Ada"}}
			for i, id := range ids {
				if id != "" {
					entries = append(entries, history.Entry{At: time.Duration(i), Op: history.Send, Chat: chatA, ID: id})
				}
			}
			b.collect(client, entries)
		}
		b.rated(b.chat(chatA))
		if r := b.report(); len(r.Violations) != c.faults || c.faults > 0 && r.Violations[0].Rule != Misrated {
			t.Errorf("a rating %s:\n%s", name, formatted(t, r))
		}
	}
}
