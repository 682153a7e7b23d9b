package rights

import "testing"

// The table is written again by hand, so that nobody gets a right by a slip.
func TestWhatEachRoleMay(t *testing.T) {
	all := map[Role][]Act{
		Reader:     {Read},
		Agent:      {Read, Annotate, Answer},
		Supervisor: {Read, Annotate, Answer, Assign, TakeOver, ReadAll, Share},
		Admin:      {Read, Annotate, Answer, Assign, TakeOver, ReadAll, Share, Manage},
		"":         {Read, Annotate, Answer}, // a call from before roles
		"wizard":   {Read},                   // of a later version
	}
	for role, acts := range all {
		allowed := map[Act]bool{}
		for _, act := range acts {
			allowed[act] = true
		}
		for _, act := range Acts {
			if role.May(act) != allowed[act] {
				t.Errorf("%q may %s: %v", role, act, role.May(act))
			}
		}
		if role.May("fly") {
			t.Errorf("%q may do what is not in the table", role)
		}
	}
	if len(may) != len(Acts) {
		t.Errorf("%d acts in the table, %d in the list", len(may), len(Acts))
	}
}

func TestWhoeverMayNotReadsWhy(t *testing.T) {
	for _, act := range Acts {
		if Refusal(act) == "" && act != Read {
			t.Errorf("no sentence for whoever may not %s", act)
		}
	}
	for _, role := range Roles {
		if !role.Known() {
			t.Errorf("%s is not known", role)
		}
	}
	if Role("").Known() || Role("wizard").Known() {
		t.Error("a role is known that there is not")
	}
}
