package check

import (
	"cmp"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// snoozed is a change with which its agent snoozes a chat that they knew up to an event.
func snoozed(user string, through uint64, until string) history.Event {
	e := by(user, said("state", "snoozed", live, 1))
	e.Snoozed, e.Until = through, until
	return e
}

// woken is a change with which a chat wakes by itself.
func woken(user string) history.Event { return to(user, said("state", "woken", live, 1)) }

// at is the event at that time of the day.
func at(clock string, e history.Event) history.Event {
	e.At = "2026-01-31T" + clock + "Z"
	return e
}

func TestASnoozedChatWakesOnceForAReason(t *testing.T) {
	message := said("message", "", "", 0)
	taken := []history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1))}
	const soon, far = "2026-01-31T12:00:05Z", "2026-02-28T12:00:00Z"
	for name, c := range map[string]struct {
		log  []history.Event // after the chat was taken; one a second, from 12:00:04
		want string          // the rule; if empty, no violation
	}{
		"at its time":                    {[]history.Event{snoozed("bob", 3, soon), woken("bob"), said("say", "bob", live, 1)}, ""},
		"by the visitor's words":         {[]history.Event{snoozed("bob", 3, far), message, woken("bob")}, ""},
		"by words from a moment before":  {[]history.Event{message, snoozed("bob", 3, ""), woken("bob")}, ""},
		"by hand":                        {[]history.Event{snoozed("bob", 3, far), by("bob", said("state", "woken", live, 1))}, ""},
		"by nobody's hand":               {[]history.Event{snoozed("bob", 3, far), to("bob", by("cy", said("state", "woken", live, 1)))}, Transition},
		"into the line":                  {[]history.Event{snoozed("bob", 3, soon), said("state", "woken_in_line", waiting, 1), by("cy", said("state", "taken", live, 1))}, ""},
		"not yet":                        {[]history.Event{snoozed("bob", 3, far)}, ""},
		"too early":                      {[]history.Event{snoozed("bob", 3, far), woken("bob")}, WokenAgain},
		"by words that were known":       {[]history.Event{message, snoozed("bob", 4, ""), woken("bob")}, WokenAgain},
		"twice":                          {[]history.Event{snoozed("bob", 3, ""), message, woken("bob"), woken("bob")}, WokenAgain},
		"twice, into the line":           {[]history.Event{snoozed("bob", 3, ""), message, woken("bob"), said("state", "woken_in_line", waiting, 1)}, WokenAgain},
		"another time":                   {[]history.Event{snoozed("bob", 3, soon), snoozed("bob", 3, far)}, ""},
		"never, though it is time":       {[]history.Event{snoozed("bob", 3, soon)}, Overslept},
		"never, though they wrote":       {[]history.Event{snoozed("bob", 3, ""), message}, Overslept},
		"never, though they had written": {[]history.Event{message, snoozed("bob", 3, "")}, Overslept},
		"never, until it is closed":      {[]history.Event{snoozed("bob", 3, ""), message, at("12:00:55", by("bob", said("state", "by_agent", closed, 5)))}, Overslept},
		"not yet, and then closed":       {[]history.Event{snoozed("bob", 3, ""), message, at("12:00:40", by("bob", said("state", "by_agent", closed, 5)))}, ""},
		"its agent is gone":              {[]history.Event{snoozed("bob", 3, far), said("state", "agent_gone", waiting, 1)}, Transition},
		"somebody else snoozes":          {[]history.Event{to("bob", snoozed("cy", 3, far))}, Transition},
		"it is closed in its sleep":      {[]history.Event{snoozed("bob", 3, soon), by("bob", said("state", "by_agent", closed, 1))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			log := append(append([]history.Event{}, taken...), c.log...)
			for i := range log {
				log[i].Seq, log[i].At = uint64(i+1), cmp.Or(log[i].At, time.Date(2026, 1, 31, 12, 0, i+1, 0, time.UTC).Format(time.RFC3339Nano))
			}
			last := history.Event{Chat: "other", Seq: 1, Kind: "message", Role: "visitor", At: "2026-01-31T12:01:00Z"}
			b := newBook(Options{})
			b.readLogs(append(log, last), log)
			b.seal()
			b.life(b.chat(chatA))
			report := b.report()
			if got := len(report.Violations); got > 1 || (got == 1) != (c.want != "") || got == 1 && report.Violations[0].Rule != c.want {
				t.Errorf("want %q:\n%s", c.want, formatted(t, report))
			}
		})
	}
}

// A chat that is snoozed takes none of its agent's places.
func TestASnoozedChatIsNotCounted(t *testing.T) {
	second := func(n int, e history.Event) history.Event {
		e.At = time.Date(2026, 1, 31, 12, 0, n, 0, time.UTC).Format(time.RFC3339Nano)
		return e
	}
	for name, c := range map[string]struct {
		wakes  int // when the first chat wakes
		faults int
	}{"another one in its place": {9, 0}, "it wakes beside it": {5, 1}} {
		one := []history.Event{second(1, by("bob", said("state", "taken", live, 0))), second(2, snoozed("bob", 1, "")), second(c.wakes, woken("bob"))}
		other := []history.Event{second(3, by("bob", said("state", "taken", live, 0))), second(8, by("bob", said("state", "by_agent", closed, 0)))}
		for i := range one {
			one[i].Seq = uint64(i + 2)
		}
		for i := range other {
			other[i].Seq, other[i].Chat = uint64(i+2), "b"
		}
		b := newBook(Options{Capacity: 1})
		all := append(one, other...)
		b.readLogs(all, all)
		b.seal()
		b.capacities()
		if r := b.report(); len(r.Violations) != c.faults || c.faults > 0 && r.Violations[0].Rule != OverCapacity {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}

func TestWordsAreNotSaidOverWhatTheirAgentHadNotSeen(t *testing.T) {
	for name, c := range map[string]struct {
		seen   uint64
		told   time.Duration // when the second message was received by somebody
		faults int
	}{
		"both had come":     {1, 5 * time.Second, 1},
		"one came later":    {1, 7 * time.Second, 0},
		"one was seen":      {2, 5 * time.Second, 0},
		"they did not tell": {0, 5 * time.Second, 0},
	} {
		log := []history.Event{said("message", "", "", 0), said("message", "", "", 0), said("message", "", "", 0), said("say", "bob", live, 1)}
		for i := range log {
			log[i].Seq = uint64(i + 1)
		}
		log[3].ID = "s1"
		b := newBook(Options{})
		b.readLogs(log, log)
		b.collect("bob", []history.Entry{
			{Op: history.Begin, Role: "agent", Name: "bob", User: "bob"},
			{At: 6 * time.Second, Op: history.Call, Chat: chatA, ID: "s1", What: "say", Since: c.seen},
		})
		b.collect("ada", []history.Entry{
			{At: 4 * time.Second, Op: history.Told, Chat: chatA, Event: &log[1]}, {At: c.told, Op: history.Told, Chat: chatA, Event: &log[2]},
		})
		b.seal()
		b.saidOver(b.chat(chatA))
		if r := b.report(); len(r.Violations) != c.faults || c.faults > 0 && r.Violations[0].Rule != SaidOver {
			t.Errorf("%s:\n%s", name, formatted(t, r))
		}
	}
}
