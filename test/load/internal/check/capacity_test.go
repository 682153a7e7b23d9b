package check

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// An agent has chats in several logs: only together they show that there is one too many.
func TestNobodyHasMoreChatsThanTheyMay(t *testing.T) {
	at := func(second int) string {
		return time.Date(2026, 1, 31, 12, 0, second, 0, time.UTC).Format(time.RFC3339Nano)
	}
	log := func(chat string, from, until int) []history.Event {
		taken := history.Event{Chat: chat, Seq: 2, At: at(from), Kind: "state", Role: "agent", User: "grace", Name: "Grace", Reason: "taken", Status: live, Agent: "Grace", Through: 1}
		closing := history.Event{Chat: chat, Seq: 3, At: at(until), Kind: "state", Role: "agent", User: "grace", Name: "Grace", Reason: "by_agent", Status: closed, Through: 1}
		return []history.Event{taken, closing}
	}
	for name, c := range map[string]struct {
		second int // when she takes the second chat
		faults int
	}{"one after the other": {5, 0}, "at the moment in which the first ends": {4, 0}, "one too many": {3, 1}} {
		b := newBook(Options{Capacity: 1})
		events := append(log("a", 1, 4), log("b", c.second, 9)...)
		b.readLogs(events, events)
		b.seal()
		b.capacities()
		r := b.report()
		if len(r.Violations) != c.faults || c.faults > 0 && r.Violations[0].Rule != OverCapacity {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}
