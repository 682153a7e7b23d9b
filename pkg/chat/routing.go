package chat

// Routing is who a chat is for, apart from whoever has it.
type Routing struct {
	// To is the id of a team, as pkg/teams makes it.
	To string `json:"team,omitempty"`
}

// NoTeam takes a chat, as Step.Team, out of its team's line into that of everybody.
const NoTeam = "-"

// Team is the id of the team that the chat is for; empty: it is for everybody. It is set when
// the chat comes into the line, stays while the visit lasts, whoever answers, and ends with it.
// A team may have been deleted since: teams.Set says what that means.
func (s State) Team() string {
	if s.Routing == nil {
		return ""
	}
	return s.Routing.To
}

// inLine reports whether the chat is for that team, or for none, which is NoTeam.
func (s State) inLine(team string) bool {
	return team == s.Team() || team == NoTeam && s.Team() == ""
}

// routeTo sets the team, unless it is empty.
func (s *State) routeTo(team string) {
	switch team {
	case "", s.Team():
	case NoTeam:
		s.Routing = nil
	default:
		s.Routing = &Routing{To: team}
	}
}

// routing returns Routing, to be filled in.
func (s *State) routing() *Routing {
	if s.Routing == nil {
		s.Routing = new(Routing)
	}
	return s.Routing
}
