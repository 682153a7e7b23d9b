package accounts

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// The start makes up a name, which visitors would read. Until somebody chooses one, or
// keeps this one, the account says so; an account that an admin made has its name.
func TestANameThatTheStartMadeUpCountsAsNoneUntilOneIsChosen(t *testing.T) {
	for _, given := range []string{"", password} { // generated, and from ADMIN_PASSWORD
		a, _ := open(t, bustest.Conn(t))
		made, err := a.EnsureAdmin(t.Context(), given, nil)
		if err != nil {
			t.Fatal(err)
		}
		secret := given + made.Generated
		if agent := signIn(t, a, AdminUser, secret); !agent.Unnamed {
			t.Errorf("after the first start: %+v", agent)
		}
		role := Admin
		if err := a.Update(t.Context(), AdminUser, Patch{Role: &role}); err != nil {
			t.Fatal(err)
		}
		if agent := signIn(t, a, AdminUser, secret); !agent.Unnamed {
			t.Errorf("after a change of something else: %+v", agent)
		}
		same := "Admin"
		if err := a.Update(t.Context(), AdminUser, Patch{Name: &same}); err != nil {
			t.Fatal(err)
		}
		agent := signIn(t, a, AdminUser, secret)
		cookie, err := a.Cookie(agent, false)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := a.Authenticate(with(cookie)); agent.Unnamed || again.Unnamed || err != nil {
			t.Errorf("after the name was kept: %+v, %+v, %v", agent, again, err)
		}
	}
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Admin)
	if agent := signIn(t, a, "grace", password); agent.Unnamed {
		t.Errorf("an account with a name: %+v", agent)
	}
}
