package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Candidate is an agent who is available.
type Candidate struct {
	Agent    chat.Agent
	Open     int       // places that are taken
	Capacity int       // how many places there are
	Idle     time.Time // since when the agent has neither got nor lost a chat
}

// May says for a chat which agents may be given it, by account: those of its team (see
// teams.Servings), but not the one who passed it on. If that can't be told, known is
// false: then the chat is left for the next time.
type May func(Entry) (may func(user string) bool, known bool)

// Assignment gives a waiting chat to an agent.
type Assignment struct {
	Entry Entry
	Agent chat.Agent
}

// Assign decides who gets which waiting chat. First come, first served: a chat goes
// to the agent with the fewest open chats, among those to the one idle for longest,
// and then to the one whose account comes first in the alphabet, so that all
// replicas decide alike. Nobody gets more than their capacity. The slices are not changed.
func Assign(waiting []Entry, agents []Candidate, who May) []Assignment {
	waiting, agents = slices.Clone(waiting), slices.Clone(agents)
	slices.SortFunc(waiting, CompareWaiting)
	free := 0
	for _, a := range agents {
		free += max(0, a.Capacity-a.Open)
	}
	var assigned []Assignment
	for _, entry := range waiting {
		if len(assigned) == free {
			break
		}
		may, known := who(entry)
		if !known {
			continue
		}
		best := -1
		for i, a := range agents {
			if a.Open < a.Capacity && (best < 0 || compareCandidates(a, agents[best]) < 0) && may(a.Agent.User) {
				best = i
			}
		}
		if best >= 0 {
			assigned = append(assigned, Assignment{entry, agents[best].Agent})
			agents[best].Open++
		}
	}
	return assigned
}

func compareCandidates(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Open, b.Open), a.Idle.Compare(b.Idle), cmp.Compare(a.Agent.User, b.Agent.User))
}
