package teams_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/teams"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// there are accounts of these names.
func exists(user string) bool { return strings.Contains(" ada grace linus ", " "+user+" ") }

// with returns a set of teams, and the ids by name.
func with(t testing.TB, list ...teams.Team) (teams.Set, map[string]string) {
	t.Helper()
	var s teams.Set
	ids := map[string]string{}
	for _, one := range list {
		if one.Fallback != "" {
			one.Fallback = ids[one.Fallback]
		}
		next, made, err := s.Put(one, exists)
		if err != nil {
			t.Fatal(err)
		}
		s, ids[one.Name] = next, made.ID
	}
	return s, ids
}

func TestATeamThatCannotBeIsRefusedWithASentence(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales"}, teams.Team{Name: "Billing", Fallback: "Sales", Members: []string{"ada"}})
	for name, c := range map[string]struct {
		team  teams.Team
		field string
	}{
		"no name":                {teams.Team{Name: " \t"}, "name"},
		"one space, no break":    {teams.Team{Name: "\u00a0"}, "name"},
		"control characters":     {teams.Team{Name: "Sales\x00 team"}, "name"},
		"a line break":           {teams.Team{Name: "Sales\nteam"}, "name"},
		"not UTF-8":              {teams.Team{Name: "\xff"}, "name"},
		"4,000 characters":       {teams.Team{Name: strings.Repeat("n", 4000)}, "name"},
		"65 characters":          {teams.Team{Name: strings.Repeat("ü", 65)}, "name"},
		"a name that is there":   {teams.Team{Name: " sALES "}, "name"},
		"nobody of that name":    {teams.Team{Name: "A", Members: []string{"ada", "nobody"}}, "members"},
		"a capacity below":       {teams.Team{Name: "A", Capacity: -1}, "capacity"},
		"a capacity above":       {teams.Team{Name: "A", Capacity: teams.MaxCapacity + 1}, "capacity"},
		"its own fallback":       {teams.Team{ID: ids["Sales"], Name: "Sales", Fallback: ids["Sales"]}, "fallback"},
		"a circle of fallbacks":  {teams.Team{ID: ids["Sales"], Name: "Sales", Fallback: ids["Billing"]}, "fallback"},
		"a fallback not there":   {teams.Team{Name: "A", Fallback: "abcdefgh"}, "fallback"},
		"a team that is deleted": {teams.Team{ID: "abcdefgh", Name: "A"}, ""},
	} {
		_, _, err := s.Put(c.team, exists)
		var problem *teams.Problem
		if !errors.As(err, &problem) || problem.Field != c.field || !strings.HasSuffix(problem.Sentence, ".") {
			t.Errorf("%s: %v", name, err)
		}
	}
	next, made, err := s.Put(teams.Team{Name: strings.Repeat("ü", 64), Members: []string{"grace", "ada", "grace"}, Capacity: 3}, exists)
	if err != nil || len(made.ID) != 8 || !made.Has("ada") || !made.Has("grace") || len(made.Members) != 2 || len(next.Teams) != 3 {
		t.Errorf("a team that can be: %+v, %v", made, err)
	}
	if len(s.Teams) != 2 {
		t.Error("the set before was changed")
	}
}

// An account that went does not keep its team from being changed.
func TestAMemberWhoNoLongerExistsGoes(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales", Members: []string{"ada", "grace"}})
	_, made, err := s.Put(teams.Team{ID: ids["Sales"], Name: "Sales team", Members: []string{"ada", "grace"}}, func(user string) bool { return user == "ada" })
	if err != nil || len(made.Members) != 1 || made.Members[0] != "ada" {
		t.Errorf("%+v, %v", made, err)
	}
}

func TestThereAreAHundredTeamsAtMost(t *testing.T) {
	var s teams.Set
	for i := range teams.MaxTeams + 1 {
		next, _, err := s.Put(teams.Team{Name: fmt.Sprint("Team ", i)}, exists)
		if (err == nil) != (i < teams.MaxTeams) {
			t.Fatalf("team %d: %v", i, err)
		}
		s = next
	}
}

// A chat is found in exactly one line, whatever became of its team.
func TestWhereTheChatsOfATeamWait(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales"}, teams.Team{Name: "Billing", Fallback: "Sales"}, teams.Team{Name: "Returns", Fallback: "Billing"})
	s, err := s.Delete(ids["Billing"], ids["Returns"], noon)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Line(ids["Billing"]); got != ids["Returns"] {
		t.Errorf("the chats of a deleted team wait in %q", got)
	}
	if back, _ := s.Of(ids["Returns"]); back.Fallback != ids["Sales"] {
		t.Errorf("the fallback of a team whose fallback was deleted is %q", back.Fallback)
	}
	if s, err = s.Delete(ids["Returns"], "", noon); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{ids["Billing"], ids["Returns"], "", "unknown2", "-"} {
		if got := s.Line(id); got != "" {
			t.Errorf("the chats of %q wait in %q", id, got)
		}
	}
	for _, c := range []struct{ id, into string }{{ids["Billing"], ""}, {ids["Sales"], ids["Sales"]}, {ids["Sales"], ids["Returns"]}} {
		if _, err := s.Delete(c.id, c.into, noon); err == nil {
			t.Errorf("deleted %q into %q", c.id, c.into)
		}
	}
}

func TestATeamIsFoundByItsIDAndByItsName(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales"}, teams.Team{Name: "After  sales"})
	for called, want := range map[string]string{"sales": ids["Sales"], ids["Sales"]: ids["Sales"], " AFTER sales ": ids["After  sales"], "": "", "-": "", "nobody": ""} {
		if got, ok := s.Find(called); got.ID != want || ok != (want != "") {
			t.Errorf("%q is %q", called, got.ID)
		}
	}
}

func TestWhoMayBeGivenAChat(t *testing.T) {
	s, ids := with(t,
		teams.Team{Name: "Night", Members: []string{"linus"}},
		teams.Team{Name: "Sales", Members: []string{"grace"}, Fallback: "Night"},
		teams.Team{Name: "Billing", Members: []string{"ada"}, Fallback: "Sales"},
		teams.Team{Name: "Empty"}, teams.Team{Name: "Handed on", Fallback: "Billing"})
	for _, c := range []struct{ team, available, may string }{
		{"", "", "ada grace linus"}, {"gone", "ada", "ada grace linus"},
		{"Billing", "ada grace linus", "ada"},
		{"Billing", "grace linus", "ada grace"},
		{"Billing", "linus", "ada linus"},
		{"Billing", "", "ada"},
		{"Sales", "ada", "grace"},
		{"Empty", "ada", "ada grace linus"},
		{"Handed on", "ada", "ada"}, {"Handed on", "grace", "grace"}, {"Handed on", "", "ada"},
	} {
		var may []string
		serving := s.Serving(ids[c.team], func(user string) bool { return strings.Contains(" "+c.available+" ", " "+user+" ") })
		for _, user := range []string{"ada", "grace", "linus"} {
			if serving.May(user) {
				may = append(may, user)
			}
		}
		if got := strings.Join(may, " "); got != c.may {
			t.Errorf("%s, available: %s: may be given to %q, want %q", c.team, c.available, got, c.may)
		}
	}
}

// Whatever the teams are: a chat of a team goes to no stranger while one of the team is there,
// no chat is stuck for want of a member, and a circle, which another version may have let in,
// is no endless one.
func TestNoChatIsStuck(t *testing.T) {
	users := []string{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		var s teams.Set
		for i := range rapid.IntRange(0, 5).Draw(t, "teams") {
			one := teams.Team{ID: fmt.Sprint(i), Fallback: fmt.Sprint(rapid.IntRange(-1, 6).Draw(t, "fallback"))}
			for _, u := range users {
				if rapid.Bool().Draw(t, u) {
					one.Members = append(one.Members, u)
				}
			}
			s.Teams = append(s.Teams, one)
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "gone") {
			s.Gone = append(s.Gone, teams.Gone{ID: fmt.Sprint(i + 10), Into: fmt.Sprint(rapid.IntRange(0, 14).Draw(t, "into"))})
		}
		available := map[string]bool{}
		for _, u := range users {
			available[u] = rapid.Bool().Draw(t, "available "+u)
		}
		id := fmt.Sprint(rapid.IntRange(0, 13).Draw(t, "team"))
		own, ok := s.Of(id)
		serving, anybody, here := s.Serving(id, func(u string) bool { return available[u] }), false, false
		for _, u := range users {
			anybody = anybody || serving.May(u)
			here = here || own.Has(u) && available[u]
		}
		if !anybody {
			t.Fatal("nobody may be given the chat")
		}
		for _, u := range users {
			if ok && here && serving.May(u) != own.Has(u) {
				t.Fatalf("%s: %t, while one of the team is there", u, serving.May(u))
			}
			if serving.May(u) != s.Servings(func(u string) bool { return available[u] }).May(id, u) {
				t.Fatal("remembered otherwise")
			}
		}
	})
}

// Who waits for nobody of those who are there.
func TestChatsThatNobodyWhoIsAvailableMayBeGiven(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales", Members: []string{"grace"}}, teams.Team{Name: "Billing", Members: []string{"ada"}}, teams.Team{Name: "Refunds", Members: []string{"linus"}, Fallback: "Billing"}, teams.Team{Name: "Empty"})
	waiting := map[string]int{"": 1, ids["Sales"]: 2, ids["Refunds"]: 4, ids["Empty"]: 8, "gone1234": 16}
	for _, c := range []struct {
		available []string
		want      int
	}{
		{nil, 31},                          // nobody is there
		{[]string{"grace"}, 4},             // no member of Refunds, and none of its fallback
		{[]string{"ada"}, 2},               // the fallback serves Refunds
		{[]string{"linus"}, 2},             //
		{[]string{"grace", "linus"}, 0},    //
		{[]string{"somebody"}, 2 + 4},      // of no team
		{[]string{"ada", "somebody"}, 2},   //
		{[]string{"grace", "somebody"}, 4}, //
	} {
		if got := s.Unserved(waiting, c.available); got != c.want {
			t.Errorf("available are %v: %d chats wait for nobody, want %d", c.available, got, c.want)
		}
	}
	if n := (teams.Set{}).Unserved(map[string]int{"": 3}, []string{"ada"}); n != 0 {
		t.Errorf("without teams %d chats wait for nobody", n)
	}
}

// 100 teams of 300 members would be more than one message of NATS. That is said before NATS does,
// and a set that is too large already can be made smaller.
func TestAllTeamsTogetherHaveASize(t *testing.T) {
	everybody := func(string) bool { return true }
	members := make([]string, 300)
	for i := range members {
		members[i] = fmt.Sprintf("somebody-with-a-long-name-%05d", i)
	}
	var s teams.Set
	var err error
	for n := 0; err == nil; n++ {
		if n == teams.MaxTeams {
			t.Fatal("there are as many teams as may be, and as large as they may be")
		}
		var next teams.Set
		if next, _, err = s.Put(teams.Team{Name: fmt.Sprint("Team ", n), Members: members}, everybody); err == nil {
			s = next
		}
	}
	var no *teams.Problem
	if !errors.As(err, &no) || no.Field != "members" || !strings.Contains(no.Sentence, "members in all. Take some out of a team first.") {
		t.Errorf("one too many: %v", err)
	}
	smaller := s.Teams[0]
	smaller.Members = smaller.Members[:10]
	if s, _, err = s.Put(smaller, everybody); err != nil {
		t.Errorf("a smaller one: %v", err)
	}
	if _, _, err = s.Put(teams.Team{Name: "One more", Members: members[:200]}, everybody); err != nil {
		t.Errorf("in the room that is left: %v", err)
	}
}

// A member whose account is disabled stays a member, and nobody waits for them: a team with no other
// has its chats served by its fallback, and without one by everybody.
func TestNobodyWaitsForWhoCantSignIn(t *testing.T) {
	s, ids := with(t, teams.Team{Name: "Sales", Members: []string{"linus"}}, teams.Team{Name: "Billing", Members: []string{"ada", "grace"}}, teams.Team{Name: "Shipping", Fallback: "Sales", Members: []string{"ada"}})
	s.Own = true
	nobody := func(string) bool { return false }
	may := func(s teams.Set, team, user string) bool { return s.Serving(ids[team], nobody).May(user) }
	if may(s, "Billing", "linus") || may(s, "Shipping", "linus") || s.MayRead(ids["Billing"], "linus") {
		t.Error("while they may come, the chats are theirs")
	}
	s = s.WithOff(func(user string) bool { return user == "ada" })
	if may(s, "Billing", "linus") || !may(s, "Billing", "grace") || !may(s, "Shipping", "linus") || may(s, "Shipping", "grace") {
		t.Error("without Ada, Grace serves Billing, and Sales serves Shipping")
	}
	s = s.WithOff(func(user string) bool { return user != "linus" })
	if !may(s, "Billing", "linus") || !s.MayRead(ids["Billing"], "linus") || len(s.Teams[0].Members) != 2 {
		t.Errorf("with nobody in it who can sign in: %+v", s)
	}
	if s = s.WithOff(nobody); len(s.Off) != 0 || may(s, "Billing", "linus") {
		t.Error("they can sign in again, and it is not theirs again")
	}
}
