package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Candidate is an agent who is online.
type Candidate struct {
	Agent chat.Agent
	Open  int       // live chats
	Idle  time.Time // since when the agent has neither got nor lost a chat
}

// Assignment gives a waiting chat to an agent.
type Assignment struct {
	Entry Entry
	Agent chat.Agent
}

// Assign decides who gets which waiting chat. First come, first served: a chat goes
// to the agent with the fewest open chats, among those to the one idle for longest,
// and then to the one whose account comes first in the alphabet, so that all
// replicas decide alike. Nobody gets more than the capacity.
//
// may reports whether the agent with that account may be given chats of that team (see
// Entry.Team and teams.Servings).
//
// excluded returns the account of the agent who must not get the chat (empty: there
// is none); if it can't tell, known is false and the chat is left for the next
// time. The slices are not changed.
func Assign(waiting []Entry, agents []Candidate, capacity int, may func(team, user string) bool, excluded func(Entry) (user string, known bool)) []Assignment {
	waiting, agents = slices.Clone(waiting), slices.Clone(agents)
	slices.SortFunc(waiting, CompareWaiting)
	free := 0
	for _, a := range agents {
		free += max(0, capacity-a.Open)
	}
	var assigned []Assignment
	for _, entry := range waiting {
		if len(assigned) == free {
			break
		}
		user, known := excluded(entry)
		if !known {
			continue
		}
		best := -1
		for i, a := range agents {
			if a.Open < capacity && a.Agent.User != user && may(entry.Team, a.Agent.User) && (best < 0 || compareCandidates(a, agents[best]) < 0) {
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
