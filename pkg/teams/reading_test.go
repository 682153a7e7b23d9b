package teams

import "testing"

func TestWhoReadsTheChatsOfATeam(t *testing.T) {
	s := Set{Own: true, Teams: []Team{
		{ID: "billing", Name: "Billing", Members: []string{"grace"}, Fallback: "night"}, {ID: "empty", Name: "Empty"},
		{ID: "night", Name: "Night", Members: []string{"linus"}}, {ID: "sales", Name: "Sales", Members: []string{"ada"}, Fallback: "sales"},
	}, Gone: []Gone{{ID: "old", Name: "Old", Into: "billing"}, {ID: "older", Name: "Older"}}}
	for _, c := range []struct {
		team, user string
		may        bool
	}{
		{"", "ada", true}, {"unknown", "ada", true}, {"empty", "ada", true}, {"older", "ada", true},
		{"billing", "grace", true}, {"billing", "linus", true}, {"billing", "ada", false}, {"old", "grace", true}, {"old", "ada", false},
		{"night", "grace", false}, {"sales", "ada", true}, {"sales", "grace", false},
	} {
		if s.MayRead(c.team, c.user) != c.may {
			t.Errorf("%s reads a chat of %q: %t", c.user, c.team, !c.may)
		}
	}
	s.Own = false
	if !s.MayRead("billing", "ada") {
		t.Error("without the limit, a chat is not for everybody")
	}
}
