package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// What is checked is no time, but who has what in the end.
func TestTheDeskKeepsItsPromises(t *testing.T) {
	if err := measure.Files(8192); err != nil {
		t.Fatal(err)
	}
	program, err := proc.Race(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range scenarios {
		t.Run(one.name, func(t *testing.T) {
			p := plan{
				seed: 1, agents: 6, chats: 48, gateways: 2, escalations: 3, nodes: 1, sync: "100ms", length: 6 * time.Second, every: 2 * time.Second, pause: 500 * time.Millisecond,
				frees: 20, changes: 2, kills: 4, quiet: 3 * time.Minute, dir: t.TempDir(), program: program,
			}
			o, err := p.play(t.Context(), one)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(strings.Join(o.rows, "\n"))
			for _, b := range o.broken {
				t.Error(b)
			}
		})
	}
}

func TestThePlanFollowsTheFlags(t *testing.T) {
	p, some, err := read([]string{"-agents", "7", "-chats", "50", "take", "free"})
	if err != nil || p.capacity() != 8 || p.half() != 4 || len(some) != 2 || some[1].name != "free" {
		t.Errorf("%+v, %v, %v", p, some, err)
	}
	if _, some, err := read(nil); err != nil || len(some) != len(scenarios) {
		t.Errorf("without a word: %v, %v", some, err)
	}
	for _, args := range []string{"-agents 1", "-agents 9 -chats 8", "-gateways 1", "-escalations 1", "-pause 0s", "-every 0s", "nothing", "take -agents 9"} {
		if p, _, err := read(strings.Fields(args)); err == nil {
			t.Errorf("%s: %+v", args, p)
		}
	}
}

// event is a change of a chat at a second.
func event(second int, chat string, seq uint64, reason, status, agent, by string) history.Event {
	at := time.Date(2026, 1, 1, 12, 0, second, 0, time.UTC)
	return history.Event{Chat: chat, Seq: seq, At: at.Format(time.RFC3339Nano), Kind: "state", Reason: reason, Status: status, Agent: agent, Name: by}
}

func TestTheLogCountsWhoHasWhat(t *testing.T) {
	l, err := logOf([]history.Event{
		event(1, "a", 1, "escalated", "waiting", "", ""),
		event(3, "a", 2, "assigned", "live", "Ada", ""),
		event(9, "a", 3, "by_agent", "closed", "", "Ada"),
		event(1, "b", 4, "escalated", "waiting", "", ""),
		event(4, "b", 5, "assigned", "live", "Ada", ""),
		event(5, "b", 6, "assigned", "live", "Grace", ""), // from under her hands
		event(2, "c", 7, "escalated", "waiting", "", ""),
		event(9, "c", 8, "assigned", "live", "Ada", ""), // at the moment in which she closes another
	})
	if err != nil {
		t.Fatal(err)
	}
	h := l.held(1)
	if h.given != 4 || h.twice != 1 || h.above != 1 || h.most["Ada"] != 2 || h.now["Ada"] != 1 || h.now["Grace"] != 1 || h.to.Sub(h.from) != 6*time.Second {
		t.Errorf("%+v", h)
	}
	if got := l.first(); got["a"] != "Ada" || got["b"] != "Ada" || len(got) != 3 {
		t.Errorf("first were %v", got)
	}
	if got := l.next(); len(got) != 1 || got[0] != 0 {
		t.Errorf("the next chat came after %v", got)
	}
	noon := time.Date(2026, 1, 1, 12, 0, 2, 0, time.UTC)
	if got := l.waits(noon); len(got) != 3 || got[0] != time.Second || got[1] != 2*time.Second || got[2] != 7*time.Second {
		t.Errorf("the waits are %v", got)
	}
	absent := &absences{all: []away{{"Ada", noon, noon.Add(1500 * time.Millisecond)}, {"Grace", noon, noon.Add(time.Second)}}}
	if got := absent.given(l); got != 1 {
		t.Errorf("%d were given to somebody away, want 1", got)
	}
}

// A place is of no use from the change on that gives the chat to somebody else, or takes it away.
func TestHowLongAPlaceIsOfNoUse(t *testing.T) {
	l, err := logOf([]history.Event{
		event(1, "a", 1, "escalated", "waiting", "", ""),
		event(2, "a", 2, "assigned", "live", "Agent 1", ""),
		event(5, "a", 3, "by_agent", "closed", "", "Agent 1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(second int) time.Time { return time.Date(2026, 1, 1, 12, 0, second, 0, time.UTC) }
	p := &places{gone: []moved{{place{"a", 1}, "agent1", at(6)}, {place{"a", 1}, "agent2", at(4)}, {place{"b", 1}, "agent2", at(4)}}}
	f := &floor{accounts: accounts(2)}
	if got := p.useless(l, f); len(got) != 2 || got[0] != time.Second || got[1] != 2*time.Second {
		t.Errorf("%v", got)
	}
}

// accounts are the first n.
func accounts(n int) (all []agent.Account) {
	for i := range n {
		all = append(all, agent.Account{User: fmt.Sprint("agent", i+1), Name: fmt.Sprint("Agent ", i+1)})
	}
	return all
}
