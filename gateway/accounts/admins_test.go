package accounts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestOneProcessGetsTheGeneratedPassword(t *testing.T) {
	server := bustest.Start(t)
	var mu sync.Mutex
	var got []string
	var wg sync.WaitGroup
	for i := range 4 {
		a, _ := open(t, server.Connect(fmt.Sprint("gateway ", i)))
		wg.Go(func() {
			p, err := a.EnsureAdmin(context.Background(), "")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if p != "" {
				got = append(got, p)
			}
		})
	}
	wg.Wait()
	if len(got) != 1 {
		t.Fatalf("%d got a password, want 1", len(got))
	}
	a, _ := open(t, server.Connect("later"))
	if agent := signIn(t, a, "admin", got[0]); agent.Role != Admin {
		t.Errorf("signed in as %+v", agent)
	}
	if p, err := a.EnsureAdmin(t.Context(), ""); p != "" || err != nil {
		t.Errorf("at the next start: %q, %v", p, err)
	}
}

func TestNoPasswordIsGeneratedIfThereIsAnAccount(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	if p, err := a.EnsureAdmin(t.Context(), ""); p != "" || err != nil {
		t.Errorf("%q, %v", p, err)
	}
}

func TestGeneratedPasswordsAreStrongAndReadable(t *testing.T) {
	seen := map[rune]bool{}
	for _, r := range passwordAlphabet {
		seen[r] = true
	}
	if bits := 20 * math.Log2(float64(len(seen))); bits < 80 {
		t.Errorf("%.0f bits, want 80", bits)
	}
	p, q := makePassword(), makePassword()
	if p == q || len(p) != 24 || CheckPassword(p) != nil || strings.ContainsAny(p, "ilo1") {
		t.Errorf("%q and %q", p, q)
	}
}

func TestAdminPasswordIsTheOperatorsWayIn(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	for range 2 {
		if p, err := a.EnsureAdmin(t.Context(), "first password"); p != "" || err != nil {
			t.Fatalf("%q, %v", p, err)
		}
	}
	session := signIn(t, a, "admin", "first password")
	// The same password at the next start changes nothing and ends no session.
	if _, err := a.EnsureAdmin(t.Context(), "first password"); err != nil {
		t.Fatal(err)
	}
	if acc, _ := a.get(t.Context(), "admin"); acc.Edition != 1 || acc.ends(session) {
		t.Errorf("after a start with the same password: %+v", acc)
	}
	create(t, a, "boss", Admin)
	if err := a.Update(t.Context(), "admin", Patch{Disabled: ptr(true), Role: ptr(Answer)}); err != nil {
		t.Fatal(err)
	}
	// With the same password the decision of the other admin stands.
	if _, err := a.EnsureAdmin(t.Context(), "first password"); err != nil {
		t.Fatal(err)
	}
	_, err := a.SignIn(t.Context(), "admin", "first password")
	wantCode(t, "a disabled admin", err, codes.BadLogin)
	// With another one the operator is let in again.
	if _, err := a.EnsureAdmin(t.Context(), "second password"); err != nil {
		t.Fatal(err)
	}
	if agent := signIn(t, a, "admin", "second password"); agent.Role != Admin {
		t.Errorf("signed in as %+v", agent)
	}
	_, err = a.SignIn(t.Context(), "admin", "first password")
	wantCode(t, "the old password", err, codes.BadLogin)
	if _, err := a.EnsureAdmin(t.Context(), "short"); err == nil || !strings.Contains(err.Error(), "ADMIN_PASSWORD") {
		t.Errorf("a short password: %v", err)
	}
}

func TestTheLastAdminStays(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "ada", Admin)
	create(t, a, "grace", Answer)
	ada := signIn(t, a, "ada", password)
	for what, p := range map[string]Patch{"disabled": {Disabled: ptr(true)}, "demoted": {Role: ptr(Answer)}, "both": {Disabled: ptr(true), Role: ptr(Answer)}} {
		wantCode(t, what, a.Update(t.Context(), "ada", p), codes.LastAdmin)
	}
	if acc, _ := a.get(t.Context(), "ada"); acc.ends(ada) {
		t.Error("what was refused ended a session")
	}
	if err := a.Update(t.Context(), "grace", Patch{Role: ptr(Admin)}); err != nil {
		t.Fatal(err)
	}
	if err := a.Update(t.Context(), "ada", Patch{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, "the other is disabled", a.Update(t.Context(), "grace", Patch{Role: ptr(Answer)}), codes.LastAdmin)
	if err := a.Update(t.Context(), "ada", Patch{Role: ptr(Answer)}); err != nil {
		t.Errorf("an admin who is disabled anyway can be demoted: %v", err)
	}
}

func TestTwoAdminsOnTwoGatewaysCannotRemoveEachOther(t *testing.T) {
	server := bustest.Start(t)
	one, _ := open(t, server.Connect("one"))
	two, _ := open(t, server.Connect("two"))
	create(t, one, "ada", Admin)
	create(t, one, "grace", Admin)
	for range 15 {
		var wg sync.WaitGroup
		wg.Go(func() { tolerate(t, one.Update(context.Background(), "grace", Patch{Disabled: ptr(true)})) })
		wg.Go(func() { tolerate(t, two.Update(context.Background(), "ada", Patch{Role: ptr(Answer)})) })
		wg.Wait()
		list, err := one.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		admins := 0
		for _, acc := range list {
			if acc.Role == Admin && !acc.Disabled {
				admins++
			}
			if err := one.Update(t.Context(), acc.User, Patch{Role: ptr(Admin), Disabled: ptr(false)}); err != nil {
				t.Fatal(err)
			}
		}
		if admins == 0 {
			t.Fatal("no admin is left")
		}
	}
}

// tolerate accepts that the last admin stays.
func tolerate(t *testing.T, err error) {
	var no *bus.Refusal
	if err != nil && (!errors.As(err, &no) || no.Code != codes.LastAdmin) {
		t.Error(err)
	}
}
