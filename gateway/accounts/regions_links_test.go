package accounts

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/codes"
)

// lists returns whether the region has the account, for those who look at the list and for those
// who come with the link.
func (r *region) lists(user string) bool {
	r.t.Helper()
	all, err := r.List(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, acc := range all {
		if acc.User == user {
			return true
		}
	}
	return false
}

// works reports whether the link of an invite lets in.
func (r *region) works(made Invitation) bool {
	_, err := r.Invited(r.t.Context(), made.Token)
	return err == nil
}

// An invite that was withdrawn does not come back from a region that has not heard of it, and
// another one under that name, in any region, is not taken by what is heard of the earlier one.
func TestAWithdrawnInviteTakesNoNewOne(t *testing.T) {
	eu, ap := twoRegions(t)
	old := invited(t, eu.Accounts, "zoe", Admin)
	meet(eu, ap)
	if err := eu.Withdraw(t.Context(), "zoe"); err != nil {
		t.Fatal(err)
	}
	eu.hear(ap)
	if eu.lists("zoe") || eu.works(old) {
		t.Error("it came back")
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		if r.lists("zoe") || r.works(old) {
			t.Error("it was withdrawn, and is there")
		}
		wantCode(t, "withdrawn twice", r.Withdraw(t.Context(), "zoe"), codes.NotFound)
	}
	fresh := invited(t, ap.Accounts, "zoe", Answer)
	ap.hear(eu)
	if !ap.works(fresh) {
		t.Error("the new invite went with the old one")
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		if !r.lists("zoe") || !r.works(fresh) || r.works(old) {
			t.Error("the new invite is not there in all regions")
		}
	}
	agent, err := eu.Join(t.Context(), fresh.Token, "Zoe", secure)
	if err != nil || agent.Role != Answer {
		t.Fatalf("joined as %+v, %v", agent, err)
	}
	meet(eu, ap)
	if !ap.signedIn(agent) || !ap.lists("zoe") {
		t.Error("who joined is not known in the other region")
	}
}

// Whoever joined on one side of a cut stays, whatever became of the invite on the other one.
func TestWhoJoinedStays(t *testing.T) {
	eu, ap := twoRegions(t)
	for _, user := range []string{"withdrawn", "replaced"} {
		made := invited(t, eu.Accounts, user, Answer)
		meet(eu, ap)
		agent, err := ap.Join(t.Context(), made.Token, "Zoe", secure)
		if err != nil {
			t.Fatal(err)
		}
		again := made
		if user == "withdrawn" {
			err = eu.Withdraw(t.Context(), user)
		} else {
			again, err = eu.Reinvite(t.Context(), user, "admin")
		}
		if err != nil {
			t.Fatal(err)
		}
		meet(eu, ap)
		for _, r := range []*region{eu, ap} {
			if !r.lists(user) || !r.signedIn(agent) || r.works(made) || r.works(again) {
				t.Errorf("%s: joined, and is lost, or another one may join", user)
			}
		}
	}
}

// A link that was replaced works nowhere, and the new one everywhere, whatever the clocks say; a link
// for a new password ends with whatever ends it in any region.
func TestNoClockDecidesWhichLinkWorks(t *testing.T) {
	eu, ap := twoRegions(t)
	ap.clock.Time = eu.clock.Add(-2 * time.Minute)
	old := invited(t, eu.Accounts, "zoe", Admin)
	create(t, eu.Accounts, "ann", Answer)
	lost := resetOf(t, eu.Accounts, "ann")
	meet(eu, ap)
	fresh, err := ap.Reinvite(t.Context(), "zoe", "admin")
	if err != nil {
		t.Fatal(err)
	}
	found := resetOf(t, ap.Accounts, "ann")
	resets := func(r *region, made Invitation) bool {
		_, err := r.Resetting(t.Context(), made.Token)
		return err == nil
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		if r.works(old) || !r.works(fresh) || resets(r, lost) || !resets(r, found) {
			t.Error("the replaced link works, or the new one does not")
		}
	}

	eu.update("ann", Patch{Password: ptr(secure)})
	made := []Invitation{found}
	for range 3 {
		made = append(made, resetOf(t, ap.Accounts, "ann"))
	}
	here, err := eu.Reinvite(t.Context(), "zoe", "admin")
	if err != nil {
		t.Fatal(err)
	}
	there, err := ap.Reinvite(t.Context(), "zoe", "admin")
	if err != nil {
		t.Fatal(err)
	}
	meet(eu, ap)
	for _, r := range []*region{eu, ap} {
		for i, link := range made {
			if resets(r, link) {
				t.Errorf("link %d for a new password works, and the password was replaced", i)
			}
		}
		if r.works(here) || r.works(there) || !r.lists("zoe") {
			t.Error("of two links that were made on both sides of a cut one works")
		}
	}
	if last, err := eu.Reinvite(t.Context(), "zoe", "admin"); err != nil || !eu.works(last) {
		t.Errorf("no other link can be made: %v", err)
	}
}
