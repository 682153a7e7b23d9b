package accounts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
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
			e, err := a.EnsureAdmin(context.Background(), "", nil)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if e.Generated != "" {
				got = append(got, e.Generated)
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
	if e, err := a.EnsureAdmin(t.Context(), "", nil); e != (Ensured{}) || err != nil {
		t.Errorf("at the next start: %+v, %v", e, err)
	}
}

func TestNoPasswordIsGeneratedIfThereIsAnAccount(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	if e, err := a.EnsureAdmin(t.Context(), "", nil); e != (Ensured{}) || err != nil {
		t.Errorf("%+v, %v", e, err)
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

// ensure starts a gateway with an ADMIN_PASSWORD.
func ensure(t *testing.T, a *Accounts, password string, want Ensured) {
	t.Helper()
	if got, err := a.EnsureAdmin(t.Context(), password, nil); err != nil || got != want {
		t.Errorf("a start with %q: %+v, %v; want %+v", password, got, err, want)
	}
}

func TestANewAdminPasswordIsTheOperatorsWayIn(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	ensure(t, a, "first password", Ensured{})
	session := signIn(t, a, "admin", "first password")
	// The same value at the next start changes nothing and ends no session.
	ensure(t, a, "first password", Ensured{})
	if acc, _ := a.get(t.Context(), "admin"); acc.Edition != 1 || acc.ends(session) {
		t.Errorf("after a start with the same value: %+v", acc)
	}
	create(t, a, "boss", Admin)
	if err := a.Update(t.Context(), "admin", Patch{Disabled: ptr(true), Role: ptr(Answer)}); err != nil {
		t.Fatal(err)
	}
	// With the same value the decision of the other admin stands.
	ensure(t, a, "first password", Ensured{Old: true})
	_, err := a.SignIn(t.Context(), "admin", "first password")
	wantCode(t, "a disabled admin", err, codes.BadLogin)
	// With another one the operator is let in again.
	ensure(t, a, "second password", Ensured{Acted: true})
	if agent := signIn(t, a, "admin", "second password"); agent.Role != Admin {
		t.Errorf("signed in as %+v", agent)
	}
	_, err = a.SignIn(t.Context(), "admin", "first password")
	wantCode(t, "the old password", err, codes.BadLogin)
	if _, err := a.EnsureAdmin(t.Context(), "short", nil); err == nil || !strings.Contains(err.Error(), "ADMIN_PASSWORD") {
		t.Errorf("a short password: %v", err)
	}
}

// The attack: somebody has read ADMIN_PASSWORD, the owner changes the password in the
// console and another admin disables the account, and the gateways restart.
func TestALeakedAdminPasswordNeverActsAgain(t *testing.T) {
	server := bustest.Start(t)
	a, _ := open(t, server.Connect("one"))
	ensure(t, a, "leaked password", Ensured{})
	if _, err := a.ChangePassword(t.Context(), signIn(t, a, "admin", "leaked password"), "leaked password", "own secret words"); err != nil {
		t.Fatal(err)
	}
	ensure(t, a, "leaked password", Ensured{Old: true})
	signIn(t, a, "admin", "own secret words")
	create(t, a, "boss", Admin)
	if err := a.Update(t.Context(), "admin", Patch{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	before, _ := a.get(t.Context(), "admin")
	for i := range 3 {
		b, _ := open(t, server.Connect(fmt.Sprint("restarted ", i)))
		ensure(t, b, "leaked password", Ensured{Old: true})
		_, err := b.SignIn(t.Context(), "admin", "leaked password")
		wantCode(t, "the leaked password", err, codes.BadLogin)
	}
	if after, _ := a.get(t.Context(), "admin"); after.Edition != before.Edition {
		t.Errorf("the account was changed: %+v", after)
	}
	// The value is replaced. A gateway that still has the leaked one, since the rollout
	// goes on, does not bring it back.
	ensure(t, a, "renewed password", Ensured{Acted: true})
	ensure(t, a, "leaked password", Ensured{Old: true})
	signIn(t, a, "admin", "renewed password")
	_, err := a.SignIn(t.Context(), "admin", "leaked password")
	wantCode(t, "the leaked password at the end", err, codes.BadLogin)
}

func TestANewAdminPasswordActsOnceAtSeveralGateways(t *testing.T) {
	server := bustest.Start(t)
	a, _ := open(t, server.Connect("first"))
	ensure(t, a, "first password", Ensured{})
	var acted atomic.Int32
	var wg sync.WaitGroup
	for i := range 4 {
		b, _ := open(t, server.Connect(fmt.Sprint("gateway ", i)))
		wg.Go(func() {
			e, err := b.EnsureAdmin(context.Background(), "second password", nil)
			if err != nil || e.Old {
				t.Errorf("%+v, %v", e, err)
			}
			if e.Acted {
				acted.Add(1)
			}
		})
	}
	wg.Wait()
	if n := acted.Load(); n != 1 {
		t.Errorf("it acted %d times, want once", n)
	}
	signIn(t, a, "admin", "second password")
}

// Whoever lost the generated password sets ADMIN_PASSWORD.
func TestAdminPasswordReplacesTheGeneratedOne(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	if e, err := a.EnsureAdmin(t.Context(), "", nil); err != nil || e.Generated == "" {
		t.Fatalf("%+v, %v", e, err)
	}
	ensure(t, a, "first password", Ensured{Acted: true})
	signIn(t, a, "admin", "first password")
}

// Nobody knows whether the value is new to an account from before values were remembered.
func TestTheFirstValueAfterAnUpgradeActsNot(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "admin", Admin)
	ensure(t, a, "maybe leaked password", Ensured{First: true})
	ensure(t, a, "maybe leaked password", Ensured{Old: true})
	signIn(t, a, "admin", password)
	ensure(t, a, "really new password", Ensured{Acted: true})
	signIn(t, a, "admin", "really new password")
}

func TestACommonAdminPasswordWorksOnlyWhereItDidBefore(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	if _, err := a.EnsureAdmin(t.Context(), "1234567890", nil); err == nil || !strings.Contains(err.Error(), "ADMIN_PASSWORD") || !strings.Contains(err.Error(), "guess first") {
		t.Errorf("at the first start: %v", err)
	}
	hash, err := a.hasher.hash(t.Context(), "1234567890")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.make(t.Context(), account{User: AdminUser, Name: "Admin", Role: Admin, Hash: hash}); err != nil {
		t.Fatal(err)
	}
	ensure(t, a, "1234567890", Ensured{})
	ensure(t, a, "1234567890", Ensured{})
	signIn(t, a, "admin", "1234567890")
	if _, err := a.EnsureAdmin(t.Context(), "password1234", nil); err == nil {
		t.Error("a common password acted")
	}
}

func TestWhatCannotBeKeptMakesNoAccount(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	full := errors.New("the disk is full")
	if _, err := a.EnsureAdmin(t.Context(), "", func(string) (func(bool), error) { return nil, full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	var kept string
	var settled []bool
	e, err := a.EnsureAdmin(t.Context(), "", func(p string) (func(bool), error) {
		kept = p
		return func(ours bool) { settled = append(settled, ours) }, nil
	})
	if err != nil || e.Generated != kept || len(settled) != 1 || !settled[0] {
		t.Fatalf("%+v, %v; kept %q, settled %v", e, err, kept, settled)
	}
	signIn(t, a, "admin", kept)
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
