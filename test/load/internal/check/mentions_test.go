package check

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func TestWhoIsMentionedIsToldOnce(t *testing.T) {
	note := func(user, text string) history.Event {
		return history.Event{Chat: chatA, Kind: "note", Role: "agent", User: user, Name: user, ID: "n", Text: text}
	}
	log := []history.Event{said("message", "", "", 0), note("cy", "look, @bob @nobody"), note("bob", "thanks, says @bob"), note("cy", "and again @bob")}
	for i := range log {
		log[i].Seq = uint64(i + 1)
	}
	told := func(by string, seqs ...uint64) history.Entry {
		e := history.Entry{At: 50 * time.Second, Op: history.Mentions}
		for _, seq := range seqs {
			e.Events = append(e.Events, history.Event{Chat: chatA, Seq: seq, User: by})
		}
		return e
	}
	for name, c := range map[string]struct {
		told   []history.Entry
		ends   time.Duration
		faults int
	}{
		"of the last":              {[]history.Entry{told("cy", 4)}, time.Hour, 0},
		"of both":                  {[]history.Entry{told("cy", 2), told("cy", 4), told("cy")}, time.Hour, 0},
		"not of the last":          {[]history.Entry{told("cy", 2)}, time.Hour, 1},
		"not at all":               {nil, time.Hour, 1},
		"too soon to tell":         {nil, 40 * time.Second, 0},
		"twice at once":            {[]history.Entry{told("cy", 2, 4)}, time.Hour, 1},
		"of what names nobody":     {[]history.Entry{told("cy", 1), told("cy", 4)}, time.Hour, 1},
		"of what they wrote":       {[]history.Entry{told("bob", 3), told("cy", 4)}, time.Hour, 1},
		"as if by somebody else":   {[]history.Entry{told("dee", 4)}, time.Hour, 1},
		"of what was never stored": {[]history.Entry{told("cy", 4), told("cy", 9)}, time.Hour, 1},
	} {
		b := newBook(Options{Grace: 30 * time.Second})
		b.readLogs(log, log)
		b.collect("cy", []history.Entry{
			{Op: history.Begin, Role: "agent", Name: "cy", User: "cy"},
			{At: 20 * time.Second, Op: history.Ack, Chat: chatA, ID: "n", Seq: 2}, {At: 30 * time.Second, Op: history.Ack, Chat: chatA, ID: "n", Seq: 4},
		})
		b.seal()
		entries := append([]history.Entry{{Op: history.Begin, Role: "agent", Name: "bob", User: "bob"}}, c.told...)
		b.mentioned(append(entries, history.Entry{At: c.ends, Op: history.Done}))
		if r := b.report(); len(r.Violations) != min(c.faults, 1) || c.faults > 0 && r.Violations[0].Rule != Mentioned {
			t.Errorf("told %s:\n%s", name, formatted(t, r))
		}
	}
}
