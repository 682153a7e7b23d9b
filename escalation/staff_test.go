package escalation

import (
	"reflect"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/teams"
)

// Four are online: Ada is away, Grace has all that she may have and one more, since her number
// fell, and a colleague is in no team.
func TestTheStaffInFigures(t *testing.T) {
	exists := func(string) bool { return true }
	set, sales, err := teams.Set{}.Put(teams.Team{Name: "Sales", Members: []string{"ada", "grace"}}, exists)
	if err != nil {
		t.Fatal(err)
	}
	set, _, err = set.Put(teams.Team{Name: "Billing", Members: []string{"ada", "linus"}, Fallback: sales.ID}, exists)
	if err != nil {
		t.Fatal(err)
	}
	set, refunds, err := set.Put(teams.Team{Name: "Refunds", Members: []string{"ada"}}, exists)
	if err != nil {
		t.Fatal(err)
	}
	agent := func(user string) chat.Agent { return chat.Agent{User: user, Name: user} }
	s := desk.Summary{
		Online:    []desk.Person{{Agent: agent("ada"), Away: true}, {Agent: agent("grace")}, {Agent: agent("linus")}, {Agent: agent("zoe")}},
		WaitingIn: map[string]int{"": 1, "deleted1": 2, sales.ID: 3, refunds.ID: 4},
	}
	can := []desk.Candidate{{Agent: agent("grace"), Open: 6, Capacity: 5}, {Agent: agent("linus"), Open: 1, Capacity: 3}, {Agent: agent("zoe"), Capacity: 4}}
	got := staffOf(s, can, 7, set)
	want := staff{online: 4, away: 1, available: 3, taken: 7, free: 2 + 4, unserved: 4, lines: []lineStaff{
		{"", 3, 3, 6}, {"Billing", 0, 1, 2}, {"Refunds", 4, 0, 0}, {"Sales", 3, 1, 0},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if got := staffOf(s, nil, 0, teams.Set{}); got.unserved != 10 || got.free != 0 || !reflect.DeepEqual(got.lines, []lineStaff{{waiting: 10}}) {
		t.Errorf("nobody is available, and there are no teams: %+v", got)
	}
}
