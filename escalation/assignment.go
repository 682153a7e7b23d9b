package escalation

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// candidate is an agent who is online.
type candidate struct {
	Agent chat.Agent
	Open  int       // live chats
	Idle  time.Time // since when the agent neither got nor lost a chat
}

// pair gives a waiting chat to an agent.
type pair struct {
	Entry bus.DeskEntry
	Agent chat.Agent
}

// barred tells which agent (empty: none) must not be given the chat, or false
// where that can't be known now and the chat is left for the next time.
type barred func(bus.DeskEntry) (user string, known bool)

// assign decides who gets which waiting chat. Who asked first is served first;
// it gets the agent with the fewest open chats, among those the one who is idle
// for longest, and then the one whose account comes first in the alphabet, so
// that all replicas decide alike. Nobody gets more than the capacity. The
// arguments are not changed.
func assign(waiting []bus.DeskEntry, agents []candidate, capacity int, not barred) []pair {
	waiting, agents = slices.Clone(waiting), slices.Clone(agents)
	slices.SortFunc(waiting, bus.CompareWaiting)
	free := 0
	for _, a := range agents {
		free += max(0, capacity-a.Open)
	}
	var pairs []pair
	for _, entry := range waiting {
		if len(pairs) == free {
			break
		}
		user, known := not(entry)
		if !known {
			continue
		}
		best := -1
		for i, a := range agents {
			if a.Open < capacity && a.Agent.User != user && (best < 0 || compareAgents(a, agents[best]) < 0) {
				best = i
			}
		}
		if best >= 0 {
			pairs = append(pairs, pair{entry, agents[best].Agent})
			agents[best].Open++
		}
	}
	return pairs
}

func compareAgents(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.Open, b.Open), a.Idle.Compare(b.Idle), cmp.Compare(a.Agent.User, b.Agent.User))
}
