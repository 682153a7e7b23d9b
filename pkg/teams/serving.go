package teams

import "slices"

// Serving says which agents may be given the chats of one line. The zero Serving lets nobody.
type Serving struct {
	everybody bool
	own       Team // whose chats they are
	standIn   Team // the fallback that serves them now, if any
}

// Serving returns who may be given a chat of that team now. available says of an account
// whether that agent is online and not away, however many chats they have; it is asked about
// members only.
//
//   - A chat in the line of everybody is for everybody, as are those of a team that, with its
//     fallbacks, has no member at all who can sign in: else they would wait for nobody.
//   - A team's members may be given its chats, always.
//   - While none of them is available, the members of its fallback may, too; while none of
//     those is either, those of the fallback's fallback, and so on. If nobody in all these
//     teams is available, the chats wait for the first of them that has members.
func (s Set) Serving(id string, available func(user string) bool) Serving {
	own, ok := s.Of(id)
	if !ok {
		return Serving{everybody: true}
	}
	own = s.Active(own)
	var first Team // with members
	seen := map[string]bool{}
	for t, ok := own, true; ok && !seen[t.ID]; t, ok = s.Of(t.Fallback) {
		seen[t.ID] = true // Check lets no circle in; another version's might
		t = s.Active(t)
		if len(first.Members) == 0 {
			first = t
		}
		for _, user := range t.Members {
			if available(user) {
				return Serving{own: own, standIn: t}
			}
		}
	}
	return Serving{everybody: len(first.Members) == 0, own: own, standIn: first}
}

// May reports whether the agent may be given the chats.
func (s Serving) May(user string) bool {
	return s.everybody || s.own.Has(user) || s.standIn.Has(user)
}

// Servings remembers the answer for each team, for a decision about many chats at one moment.
// It belongs to one goroutine.
type Servings struct {
	set       Set
	available func(user string) bool
	known     map[string]Serving
}

// Servings returns an empty memory for that moment.
func (s Set) Servings(available func(user string) bool) *Servings {
	return &Servings{set: s, available: available, known: map[string]Serving{}}
}

// May reports whether the agent may be given a chat of that team: Set.Serving.
func (s *Servings) May(team, user string) bool {
	known, ok := s.known[team]
	if !ok {
		known = s.set.Serving(team, s.available)
		s.known[team] = known
	}
	return known.May(user)
}

// Unserved returns how many of the chats that wait, by team, are for nobody of those who are
// available: they wait for somebody to come.
func (s Set) Unserved(waiting map[string]int, available []string) (n int) {
	for team, waits := range waiting {
		serving := s.Serving(team, func(user string) bool { return slices.Contains(available, user) })
		if !slices.ContainsFunc(available, serving.May) {
			n += waits
		}
	}
	return n
}
