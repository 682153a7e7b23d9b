package check

import (
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestWhatIsMarkedAsSignedWasSigned(t *testing.T) {
	site := func(marks string) history.Event { return history.Event{Kind: "card", Role: "system", Marks: marks} }
	agent := func(marks string) history.Event {
		return history.Event{Kind: "card", Role: "agent", User: "cy", Name: "CY", ID: "c", Marks: marks}
	}
	for name, c := range map[string]struct {
		cards  []history.Event
		faults int
	}{
		"nothing":                {nil, 0},
		"what a token said":      {[]history.Event{site("plan=1 (signed)"), agent("plan=1 (signed)"), site("plan=2 (signed)")}, 0},
		"an agent's own":         {[]history.Event{agent("plan=3"), site("plan=2 (signed)")}, 0},
		"what no token said":     {[]history.Event{site("plan=3 (signed)")}, 1},
		"another visitor's":      {[]history.Event{site("plan=7 (signed)")}, 1},
		"an agent who signs":     {[]history.Event{agent("plan=1 (signed)")}, 1},
		"an agent who replaces":  {[]history.Event{site("plan=1 (signed)"), agent("plan=3 (signed)")}, 1},
		"an agent who takes off": {[]history.Event{site("plan=1 (signed)"), agent("plan=1")}, 1},
	} {
		for i := range c.cards {
			c.cards[i].Chat, c.cards[i].Seq = chatA, uint64(i+1)
		}
		b := newBook(Options{})
		b.readLogs(c.cards, c.cards)
		b.collect("ada", []history.Entry{
			{Op: history.Begin, Role: "visitor", Name: "Ada"}, {Op: history.Hello, Signed: "plan=1"}, {Op: history.Welcome, Chat: chatA},
			{Op: history.Hello, Signed: "plan=2"}, {Op: history.Hello},
		})
		b.collect("zoe", []history.Entry{{Op: history.Begin, Role: "visitor", Name: "Zoë"}, {Op: history.Hello, Signed: "plan=7"}})
		b.vouched(b.chat(chatA))
		if r := b.report(); len(r.Violations) != c.faults || c.faults > 0 && r.Violations[0].Rule != Vouched {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}
