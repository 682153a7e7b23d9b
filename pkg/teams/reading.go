package teams

// MayRead reports whether an agent who reads only what is of their own teams may read a chat of
// that team: a member, and whoever stands in for the team. A chat that is in the line of
// everybody, or of a team without members who can sign in, is for all.
func (s Set) MayRead(team, user string) bool {
	if !s.Own {
		return true
	}
	t, ok := s.Of(team)
	if !ok || len(s.Active(t).Members) == 0 || t.Has(user) {
		return true
	}
	for range len(s.Teams) { // each stands in for another one
		if t, ok = s.Of(t.Fallback); !ok {
			return false
		}
		if t.Has(user) {
			return true
		}
	}
	return false
}
