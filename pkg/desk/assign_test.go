package desk

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func waits(id string, minutes int) Entry {
	return Entry{Chat: chat.ID(id), Status: chat.Waiting, Asked: noon.Add(time.Duration(minutes) * time.Minute), Seq: 1}
}

func serves(user string, open, idleMinutes int) Candidate {
	return Candidate{Agent: chat.Agent{User: user, Name: user}, Open: open, Capacity: 5, Idle: noon.Add(-time.Duration(idleMinutes) * time.Minute)}
}

func anybody(Entry) (func(string) bool, bool) { return func(string) bool { return true }, true }

// but is who may get a chat that is not for those.
func but(user string) func(string) bool { return func(other string) bool { return other != user } }

func TestWhichAgentGetsWhichChat(t *testing.T) {
	for _, c := range []struct {
		name    string
		waiting []Entry
		agents  []Candidate
		may     May
		want    []string
	}{
		{"nobody is there", []Entry{waits("a", 0)}, nil, anybody, nil},
		{"nobody waits", nil, []Candidate{serves("grace", 0, 0)}, anybody, nil},
		{"first come, first served", []Entry{waits("late", 5), waits("early", 1)}, []Candidate{serves("grace", 4, 0)}, anybody, []string{"early→grace"}},
		{"fewest open chats", []Entry{waits("a", 0)}, []Candidate{serves("grace", 2, 60), serves("linus", 1, 0)}, anybody, []string{"a→linus"}},
		{"then longest idle", []Entry{waits("a", 0)}, []Candidate{serves("grace", 1, 1), serves("linus", 1, 2)}, anybody, []string{"a→linus"}},
		{"then the alphabet", []Entry{waits("a", 0)}, []Candidate{serves("linus", 1, 1), serves("grace", 1, 1)}, anybody, []string{"a→grace"}},
		{"no agent above the capacity", []Entry{waits("a", 0)}, []Candidate{serves("grace", 5, 0), serves("linus", 7, 0)}, anybody, nil},
		{"in turns", []Entry{waits("a", 0), waits("b", 1), waits("c", 2)}, []Candidate{serves("grace", 0, 0), serves("linus", 0, 1)}, anybody,
			[]string{"a→linus", "b→grace", "c→linus"}},
		{"as many as there is room for", []Entry{waits("a", 0), waits("b", 1), waits("c", 2)}, []Candidate{serves("grace", 3, 0)}, anybody,
			[]string{"a→grace", "b→grace"}},
		{"not to the agent who passed it on", []Entry{waits("a", 0), waits("b", 1)}, []Candidate{serves("grace", 0, 0)},
			func(e Entry) (func(string) bool, bool) { return but(map[chat.ID]string{"a": "grace"}[e.Chat]), true }, []string{"b→grace"}},
		{"not while that is unknown", []Entry{waits("a", 0), waits("b", 1)}, []Candidate{serves("grace", 0, 0)},
			func(e Entry) (func(string) bool, bool) { return but(""), e.Chat != "a" }, []string{"b→grace"}},
		{"each has an own capacity", []Entry{waits("a", 0), waits("b", 1)}, []Candidate{{Agent: grace, Capacity: 0}, {Agent: linus, Open: 7, Capacity: 8}}, anybody, []string{"a→linus"}},
	} {
		var got []string
		for _, p := range Assign(c.waiting, c.agents, c.may) {
			got = append(got, fmt.Sprintf("%s→%s", p.Entry.Chat, p.Agent.User))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAssignmentIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var waiting []Entry
		for i := range rapid.IntRange(0, 12).Draw(t, "waiting") {
			waiting = append(waiting, waits(fmt.Sprint("chat", i), rapid.IntRange(0, 5).Draw(t, "asked")))
		}
		var agents []Candidate
		for i := range rapid.IntRange(0, 5).Draw(t, "agents") {
			one := serves(fmt.Sprint("agent", i), rapid.IntRange(0, 7).Draw(t, "open"), rapid.IntRange(0, 3).Draw(t, "idle"))
			one.Capacity = rapid.IntRange(0, 5).Draw(t, "capacity")
			agents = append(agents, one)
		}
		excluded := map[chat.ID]string{}
		for _, e := range waiting {
			excluded[e.Chat] = rapid.SampledFrom([]string{"", "", "agent0"}).Draw(t, "passed on by")
		}
		by := func(e Entry) (func(string) bool, bool) { return but(excluded[e.Chat]), true }
		assigned := Assign(waiting, agents, by)

		open, capacity := map[string]int{}, map[string]int{}
		for _, a := range agents {
			open[a.Agent.User], capacity[a.Agent.User] = a.Open, a.Capacity
		}
		given := map[chat.ID]bool{}
		for i, p := range assigned {
			user := p.Agent.User
			if given[p.Entry.Chat] || user == excluded[p.Entry.Chat] {
				t.Fatalf("%s is given to %s", p.Entry.Chat, user)
			}
			given[p.Entry.Chat] = true
			for other, n := range open {
				if n < open[user] && n < capacity[other] && other != excluded[p.Entry.Chat] {
					t.Fatalf("%s is given to %s with %d open chats; %s has %d", p.Entry.Chat, user, open[user], other, n)
				}
			}
			if open[user]++; open[user] > capacity[user] {
				t.Fatalf("%s has %d of %d", user, open[user], capacity[user])
			}
			if i > 0 && CompareWaiting(assigned[i-1].Entry, p.Entry) > 0 {
				t.Fatalf("%s is served before %s", assigned[i-1].Entry.Chat, p.Entry.Chat)
			}
		}
		for _, e := range waiting {
			for user, n := range open {
				if !given[e.Chat] && n < capacity[user] && user != excluded[e.Chat] {
					t.Fatalf("%s still waits, and %s has room: %d of %d", e.Chat, user, n, capacity[user])
				}
			}
		}
		slices.Reverse(waiting)
		slices.Reverse(agents)
		if again := Assign(waiting, agents, by); !slices.EqualFunc(assigned, again, func(a, b Assignment) bool { return a.Entry.Chat == b.Entry.Chat && a.Agent == b.Agent }) {
			t.Fatalf("seen in another order: %v, then %v", assigned, again)
		}
	})
}

// A chat is given to somebody who may have it, or to nobody, whoever else has nothing to do.
func TestAChatIsGivenOnlyToWhomItIsFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var waiting []Entry
		for i := range rapid.IntRange(0, 12).Draw(t, "waiting") {
			waiting = append(waiting, Entry{Chat: chat.ID(rune('a' + i)), Team: rapid.SampledFrom([]string{"", "billing", "sales"}).Draw(t, "team"), Asked: time.Unix(int64(i), 0)})
		}
		agents := []Candidate{{Agent: chat.Agent{User: "billing"}, Capacity: 2}, {Agent: chat.Agent{User: "sales"}, Capacity: 2}, {Agent: chat.Agent{User: "both"}, Capacity: 2}}
		may := func(team, user string) bool { return team == "" || user == team || user == "both" }
		got := map[chat.ID]string{}
		free := map[string]int{}
		for _, a := range agents {
			free[a.Agent.User] = 2
		}
		who := func(e Entry) (func(string) bool, bool) {
			return func(user string) bool { return may(e.Team, user) }, true
		}
		for _, a := range Assign(waiting, agents, who) {
			if !may(a.Entry.Team, a.Agent.User) {
				t.Fatalf("a chat of %q was given to %s", a.Entry.Team, a.Agent.User)
			}
			got[a.Entry.Chat] = a.Agent.User
			free[a.Agent.User]--
		}
		for _, e := range waiting {
			for user, n := range free {
				if got[e.Chat] == "" && n > 0 && may(e.Team, user) {
					t.Fatalf("a chat of %q waits while %s has room", e.Team, user)
				}
			}
		}
	})
}
