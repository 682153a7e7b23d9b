package desk

import "testing"

// An agent's own number, else the team's, else the one for all.
func TestHowManyChatsAnAgentMayHave(t *testing.T) {
	for _, c := range []struct{ own, teams, all, want int }{
		{0, 0, 5, 5},
		{0, 3, 5, 3}, // fewer than the default
		{0, 9, 5, 9}, // and more
		{2, 0, 5, 2},
		{2, 9, 5, 2}, // their own counts, however much the team may have
		{8, 3, 5, 8},
		{1, 0, 1, 1},
		{MaxCapacity, 1, 1, MaxCapacity},
		{0, 1000, 1, 1000},
		// What nobody can set, and a damaged value may say.
		{-1, 3, 5, 3},
		{-1, -1, 5, 5},
		{0, -7, 5, 5},
	} {
		if got := Capacity(Duty{Capacity: c.own}, c.teams, c.all); got != c.want {
			t.Errorf("their own is %d, the teams' %d, that for all %d: they may have %d, want %d", c.own, c.teams, c.all, got, c.want)
		}
	}
}
