package escalation

import (
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

// staff is who can be given chats at one moment, in figures.
type staff struct {
	online, away, available int
	taken, free             int // places: those that all agents have, and what those who are available have left
	unserved                int // chats that wait, and are for nobody who is available
	lines                   []lineStaff
}

// lineStaff is a staff for the chats of one team.
type lineStaff struct {
	team                     string // its name; empty: the chats of no team
	waiting, available, free int
}

// staffOf works the figures out. The candidates are those who are available, and taken counts the
// places that all agents have.
func staffOf(s desk.Summary, candidates []desk.Candidate, taken int, set teams.Set) staff {
	of := staff{online: len(s.Online), available: len(candidates), away: len(s.Online) - len(s.Available()), taken: taken}
	users := make([]string, 0, len(candidates))
	there := map[string]bool{}
	for _, c := range candidates {
		users, there[c.Agent.User] = append(users, c.Agent.User), true
		of.free += max(0, c.Capacity-c.Open)
	}
	of.unserved = set.Unserved(s.WaitingIn, users)
	servings := set.Servings(func(user string) bool { return there[user] })
	waiting := map[string]int{} // by line
	for team, n := range s.WaitingIn {
		waiting[set.Line(team)] += n
	}
	for _, team := range append([]teams.Team{{}}, set.Teams...) {
		line := lineStaff{team: team.Name, waiting: waiting[team.ID]}
		for _, c := range candidates {
			if servings.May(team.ID, c.Agent.User) {
				line.available++
				line.free += max(0, c.Capacity-c.Open)
			}
		}
		of.lines = append(of.lines, line)
	}
	return of
}
