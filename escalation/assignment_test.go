package escalation

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func waits(id string, minutes int) bus.DeskEntry {
	return bus.DeskEntry{Chat: chat.ID(id), Status: chat.Waiting, Asked: noon.Add(time.Duration(minutes) * time.Minute), Seq: 1}
}

func serves(user string, open, idleMinutes int) candidate {
	return candidate{Agent: chat.Agent{User: user, Name: user}, Open: open, Idle: noon.Add(-time.Duration(idleMinutes) * time.Minute)}
}

func nobody(bus.DeskEntry) (string, bool) { return "", true }

func TestWhoGetsWhichChat(t *testing.T) {
	for _, c := range []struct {
		name    string
		waiting []bus.DeskEntry
		agents  []candidate
		not     barred
		want    []string
	}{
		{"nobody is there", []bus.DeskEntry{waits("a", 0)}, nil, nobody, nil},
		{"nobody waits", nil, []candidate{serves("grace", 0, 0)}, nobody, nil},
		{"who asked first is first", []bus.DeskEntry{waits("late", 5), waits("early", 1)}, []candidate{serves("grace", 4, 0)}, nobody, []string{"early→grace"}},
		{"fewest open chats", []bus.DeskEntry{waits("a", 0)}, []candidate{serves("grace", 2, 60), serves("linus", 1, 0)}, nobody, []string{"a→linus"}},
		{"then longest idle", []bus.DeskEntry{waits("a", 0)}, []candidate{serves("grace", 1, 1), serves("linus", 1, 2)}, nobody, []string{"a→linus"}},
		{"then the alphabet", []bus.DeskEntry{waits("a", 0)}, []candidate{serves("linus", 1, 1), serves("grace", 1, 1)}, nobody, []string{"a→grace"}},
		{"nobody above the capacity", []bus.DeskEntry{waits("a", 0)}, []candidate{serves("grace", 5, 0), serves("linus", 7, 0)}, nobody, nil},
		{"in turns", []bus.DeskEntry{waits("a", 0), waits("b", 1), waits("c", 2)}, []candidate{serves("grace", 0, 0), serves("linus", 0, 1)}, nobody,
			[]string{"a→linus", "b→grace", "c→linus"}},
		{"as many as there is room for", []bus.DeskEntry{waits("a", 0), waits("b", 1), waits("c", 2)}, []candidate{serves("grace", 3, 0)}, nobody,
			[]string{"a→grace", "b→grace"}},
		{"not to who passed it on", []bus.DeskEntry{waits("a", 0), waits("b", 1)}, []candidate{serves("grace", 0, 0)},
			func(e bus.DeskEntry) (string, bool) { return map[chat.ID]string{"a": "grace"}[e.Chat], true }, []string{"b→grace"}},
		{"not while that is unknown", []bus.DeskEntry{waits("a", 0), waits("b", 1)}, []candidate{serves("grace", 0, 0)},
			func(e bus.DeskEntry) (string, bool) { return "", e.Chat != "a" }, []string{"b→grace"}},
	} {
		var got []string
		for _, p := range assign(c.waiting, c.agents, 5, c.not) {
			got = append(got, fmt.Sprintf("%s→%s", p.Entry.Chat, p.Agent.User))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAssignmentIsFairWhoeverWaitsAndServes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.IntRange(1, 5).Draw(t, "capacity")
		var waiting []bus.DeskEntry
		for i := range rapid.IntRange(0, 12).Draw(t, "waiting") {
			waiting = append(waiting, waits(fmt.Sprint("chat", i), rapid.IntRange(0, 5).Draw(t, "asked")))
		}
		var agents []candidate
		for i := range rapid.IntRange(0, 5).Draw(t, "agents") {
			agents = append(agents, serves(fmt.Sprint("agent", i), rapid.IntRange(0, 7).Draw(t, "open"), rapid.IntRange(0, 3).Draw(t, "idle")))
		}
		not := map[chat.ID]string{}
		for _, e := range waiting {
			not[e.Chat] = rapid.SampledFrom([]string{"", "", "agent0"}).Draw(t, "passed on by")
		}
		bar := func(e bus.DeskEntry) (string, bool) { return not[e.Chat], true }
		pairs := assign(waiting, agents, capacity, bar)

		open := map[string]int{}
		for _, a := range agents {
			open[a.Agent.User] = a.Open
		}
		given := map[chat.ID]bool{}
		for i, p := range pairs {
			user := p.Agent.User
			if given[p.Entry.Chat] || user == not[p.Entry.Chat] {
				t.Fatalf("%s is given to %s", p.Entry.Chat, user)
			}
			given[p.Entry.Chat] = true
			for other, n := range open {
				if n < open[user] && other != not[p.Entry.Chat] {
					t.Fatalf("%s is given to %s with %d open chats; %s has %d", p.Entry.Chat, user, open[user], other, n)
				}
			}
			if open[user]++; open[user] > capacity {
				t.Fatalf("%s has %d of %d", user, open[user], capacity)
			}
			if i > 0 && bus.CompareWaiting(pairs[i-1].Entry, p.Entry) > 0 {
				t.Fatalf("%s is served before %s", pairs[i-1].Entry.Chat, p.Entry.Chat)
			}
		}
		for _, e := range waiting {
			for user, n := range open {
				if !given[e.Chat] && n < capacity && user != not[e.Chat] {
					t.Fatalf("%s still waits, and %s has room: %d of %d", e.Chat, user, n, capacity)
				}
			}
		}
		slices.Reverse(waiting)
		slices.Reverse(agents)
		if again := assign(waiting, agents, capacity, bar); !slices.EqualFunc(pairs, again, func(a, b pair) bool { return a.Entry.Chat == b.Entry.Chat && a.Agent == b.Agent }) {
			t.Fatalf("seen in another order: %v, then %v", pairs, again)
		}
	})
}

func TestTheBoardKnowsWhoIsOnlineAndForHowLongIdle(t *testing.T) {
	b := newBoard()
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	ttl := 30 * time.Second
	b.see(bus.Presence{User: "grace", Name: "Grace"}, at(0), at(0), ttl)
	b.see(bus.Presence{User: "linus", Name: "Linus"}, at(0), at(0), ttl)
	b.see(bus.Presence{User: "grace", Name: "Grace"}, at(20), at(20), ttl)
	grace := chat.Agent{User: "grace", Name: "Grace"}
	b.setDesk(bus.DeskEntry{Chat: "a", Status: chat.Live, Agent: &grace}, at(25))
	if got := b.candidates(at(29), ttl); len(got) != 2 || got[0].Open != 1 || !got[0].Idle.Equal(at(25)) || got[1].Open != 0 || !got[1].Idle.Equal(at(0)) {
		t.Errorf("after 29 s: %+v", got)
	}
	b.dropDesk("a", at(40))
	if got := b.candidates(at(45), ttl); len(got) != 1 || got[0].Agent != grace || got[0].Open != 0 || !got[0].Idle.Equal(at(40)) {
		t.Errorf("after 45 s: %+v", got)
	}
	b.leave("grace")
	if got := b.candidates(at(46), ttl); len(got) != 0 {
		t.Errorf("signed off: %+v", got)
	}
	b.see(bus.Presence{User: "grace", Name: "Grace H."}, at(50), at(50), ttl)
	if got := b.candidates(at(51), ttl); len(got) != 1 || got[0].Agent.Name != "Grace H." || !got[0].Idle.Equal(at(50)) {
		t.Errorf("back again: %+v", got)
	}
}

func TestTheMemoryOfIdleTimersIsBounded(t *testing.T) {
	a := newArmed()
	for i := range 3 * armedAtOnce {
		a.set(chat.ID(fmt.Sprint(i)), noon)
	}
	if n := len(a.young) + len(a.old); n > 2*armedAtOnce {
		t.Errorf("%d are remembered", n)
	}
	last := chat.ID(fmt.Sprint(3*armedAtOnce - 1))
	if !a.has(last, noon.Add(-1)) || a.has(last, noon) || a.has("0", noon.Add(-1)) {
		t.Error("it remembers the wrong ones")
	}
	a.forget(last)
	if a.has(last, noon.Add(-1)) {
		t.Error("it does not forget")
	}
}
