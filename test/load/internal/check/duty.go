package check

import (
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// span is a time in which something is surely so.
type span struct{ from, until time.Duration }

// duties are the times in which agents were connected and not away, by account.
type duties map[string][]span

const (
	// knownAfter is how long after an agent came everybody has surely heard of it.
	knownAfter = 10 * time.Second
	// shortly is how far the clocks of clients and streams may be apart.
	shortly = time.Second
)

// collect takes an agent's times from its entries.
func (d duties) collect(user string, entries []history.Entry) {
	var from time.Duration
	in, away := false, false
	end := func(at time.Duration) {
		if in && !away {
			d[user] = append(d[user], span{from, at})
		}
	}
	for _, e := range entries {
		switch e.Op {
		case history.Open:
			end(e.At)
			in, from = true, e.At
		case history.End, history.Done:
			end(e.At)
			in = false
		case history.Duty:
			end(e.At)
			away, from = e.What == "away", e.At
		}
	}
}

// surely reports whether everybody had to know at that time that the agent was available: it was
// so for a while, and nothing was harmed meanwhile.
func (d duties) surely(user string, at time.Duration, harms []history.Harm) bool {
	for _, h := range harms {
		if h.At < at+shortly && h.Until > at-knownAfter {
			return false
		}
	}
	for _, s := range d[user] {
		if s.from < at-knownAfter && s.until > at+shortly {
			return true
		}
	}
	return false
}
