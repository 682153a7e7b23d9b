package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/merge"
)

// clock is a time that a test sets.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

const password = "correct horse battery"

// open returns accounts whose hashes are cheap, so that tests are quick.
func open(t *testing.T, conn *bus.Conn) (*Accounts, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	a, err := Open(t.Context(), conn, Options{Now: c.now, Cost: Cost{Memory: 64, Passes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return a, c
}

func create(t *testing.T, a *Accounts, user string, role Role) {
	t.Helper()
	if err := a.Create(t.Context(), New{User: user, Name: "Name of " + user, Role: role, Password: password}); err != nil {
		t.Fatal(err)
	}
}

func signIn(t *testing.T, a *Accounts, user, password string) Agent {
	t.Helper()
	agent, err := a.SignIn(t.Context(), user, password)
	if err != nil {
		t.Fatalf("%s can't sign in: %v", user, err)
	}
	return agent
}

func wantCode(t *testing.T, what string, err error, code string) {
	t.Helper()
	var no *bus.Refusal
	if !errors.As(err, &no) || no.Code != code || no.Message == "" {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func ptr[T any](v T) *T { return &v }

func TestSigningInRevealsNothingAboutUsers(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	create(t, a, "gone", Answer)
	if err := a.Update(t.Context(), "gone", Patch{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	signIn(t, a, " Grace ", password) // as a phone's keyboard types it
	var sentences []string
	for _, c := range []struct{ user, password string }{
		{"grace", "wrong password"}, {"grace", ""}, {"grace", password + " "}, {"grace", strings.Repeat("x", 100_000)},
		{"nobody", password}, {"gone", password}, {"", ""}, {"a..b", password}, {"*", password}, {">", password}, {"grace\x00", password}, {"../grace", password},
	} {
		_, err := a.SignIn(t.Context(), c.user, c.password)
		wantCode(t, fmt.Sprintf("%.20q with %.20q", c.user, c.password), err, codes.BadLogin)
		sentences = append(sentences, fmt.Sprint(err))
	}
	for _, s := range sentences {
		if s != sentences[0] {
			t.Errorf("%q and %q differ", s, sentences[0])
		}
	}
}

func TestAPasswordIsTheSameHoweverItIsComposed(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	if err := a.Create(t.Context(), New{User: "zoe", Name: "Zoë", Role: Answer, Password: "pässwörter!"}); err != nil {
		t.Fatal(err)
	}
	signIn(t, a, "zoe", "pa\u0308sswo\u0308rter!")
	long := "five " + strings.Repeat("𝔸", 195) // 785 bytes, of which the last counts
	if err := a.Update(t.Context(), "zoe", Patch{Password: &long}); err != nil {
		t.Fatal(err)
	}
	signIn(t, a, "zoe", long)
	_, err := a.SignIn(t.Context(), "zoe", "five "+strings.Repeat("𝔸", 194)+"𝔹")
	wantCode(t, "another last letter", err, codes.BadLogin)
}

func TestAccountsAreChecked(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	good := New{User: "ada", Name: "Ada", Role: Answer, Password: password}
	for _, c := range []struct {
		what, code string
		spoil      func(*New)
	}{
		{"one letter", codes.BadUser, func(n *New) { n.User = "a" }},
		{"33 letters", codes.BadUser, func(n *New) { n.User = strings.Repeat("a", 33) }},
		{"capitals", codes.BadUser, func(n *New) { n.User = "Ada" }},
		{"wildcard", codes.BadUser, func(n *New) { n.User = "a*" }},
		{"all below", codes.BadUser, func(n *New) { n.User = "a.>" }},
		{"two dots", codes.BadUser, func(n *New) { n.User = "a..b" }},
		{"dot at the end", codes.BadUser, func(n *New) { n.User = "ab." }},
		{"up", codes.BadUser, func(n *New) { n.User = ".." }},
		{"slash", codes.BadUser, func(n *New) { n.User = "a/b" }},
		{"umlaut", codes.BadUser, func(n *New) { n.User = "zoë" }},
		{"line break", codes.BadUser, func(n *New) { n.User = "ada\n" }},
		{"no name", codes.BadName, func(n *New) { n.Name = " " }},
		{"a name that only turns", codes.BadName, func(n *New) { n.Name = "\u202E" }},
		{"no role", codes.BadRole, func(n *New) { n.Role = "" }},
		{"root", codes.BadRole, func(n *New) { n.Role = "root" }},
		{"short password", codes.BadPassword, func(n *New) { n.Password = "123456789" }},
		{"long password", codes.BadPassword, func(n *New) { n.Password = strings.Repeat("x", 201) }},
		{"taken", codes.UserTaken, func(n *New) { n.User = "grace" }},
	} {
		n := good
		c.spoil(&n)
		wantCode(t, c.what, a.Create(t.Context(), n), c.code)
	}
	if err := a.Create(t.Context(), New{User: "a-b_c.9", Name: "👩🏽‍🚀 عبد", Role: Answer, Password: password}); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		what, user, code string
		patch            Patch
	}{
		{"unknown", "nobody", codes.NotFound, Patch{Name: ptr("X")}},
		{"no user at all", "..", codes.NotFound, Patch{Name: ptr("X")}},
		{"unknown, disabled", "nobody", codes.NotFound, Patch{Disabled: ptr(true)}},
		{"no name", "grace", codes.BadName, Patch{Name: ptr("")}},
		{"no role", "grace", codes.BadRole, Patch{Role: ptr(Role("x"))}},
		{"short password", "grace", codes.BadPassword, Patch{Password: ptr("x")}},
	} {
		wantCode(t, c.what, a.Update(t.Context(), c.user, c.patch), c.code)
	}
	list, err := a.List(t.Context())
	if err != nil || len(list) != 2 || list[0].User != "a-b_c.9" || list[1].User != "grace" || list[1].Role != Answer {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestNoPasswordIsStored(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	create(t, a, "ada", Answer)
	grace, _ := a.get(t.Context(), "grace")
	ada, _ := a.get(t.Context(), "ada")
	stored, err := json.Marshal(grace)
	if err != nil || strings.Contains(string(stored), password) || !strings.Contains(grace.Hash, "$argon2id$") || grace.Hash == ada.Hash {
		t.Errorf("%s, %v", stored, err)
	}
}

func TestChangesOnTwoGatewaysAreBothKept(t *testing.T) {
	server := bustest.Start(t)
	one, _ := open(t, server.Connect("one"))
	two, _ := open(t, server.Connect("two"))
	create(t, one, "ada", Answer)
	for i := range 10 {
		name, disabled := fmt.Sprint("Ada ", i), i%2 == 0
		var wg sync.WaitGroup
		wg.Go(func() { tolerate(t, one.Update(context.Background(), "ada", Patch{Name: &name})) })
		wg.Go(func() { tolerate(t, two.Update(context.Background(), "ada", Patch{Disabled: &disabled})) })
		wg.Wait()
		if list, err := one.List(t.Context()); err != nil || list[0].Name != name || list[0].Disabled != disabled {
			t.Fatalf("%+v, %v; want %s, %v", list, err, name, disabled)
		}
	}
}

func TestWithoutNATSNothingIsRefused(t *testing.T) {
	conn := bustest.Conn(t)
	a, _ := open(t, conn)
	create(t, a, "ada", Admin)
	ada := signIn(t, a, "ada", password)
	conn.Close()
	_, signInErr := a.SignIn(t.Context(), "ada", password)
	_, listErr := a.List(t.Context())
	_, authErr := a.Authenticate(withCookie(t, a, ada))
	for what, err := range map[string]error{"sign in": signInErr, "list": listErr, "authenticate": authErr, "sign out": a.SignOut(t.Context(), ada)} {
		var no *bus.Refusal
		if !errors.Is(err, bus.ErrUnavailable) || errors.As(err, &no) {
			t.Errorf("%s: %v, want unavailable", what, err)
		}
	}
}

// Merging knows each field of an account, or keeps it of the record that was changed last: a
// field that grants something must not be added without a rule.
func TestEachFieldOfAnAccountHasARuleForMerging(t *testing.T) {
	kept := []string{"user", "created"} // the same in each region
	fields := reflect.TypeFor[account]()
	for i := range fields.NumField() {
		name, _, _ := strings.Cut(fields.Field(i).Tag.Get("json"), ",")
		if !slices.Contains(kept, name) && !slices.Contains(merge.AccountFields(), name) {
			t.Errorf("package merge has no rule for %s", name)
		}
	}
}

// What is merged by counts has to be counted, whoever changes it.
func TestChangesOfAnAccountAreCounted(t *testing.T) {
	was := account{Name: "Ann", Role: Admin}
	for _, c := range []struct {
		change func(*account)
		want   merge.Changes
	}{
		{func(a *account) { a.Name = "Anna" }, merge.Changes{Name: 1}},
		{func(a *account) { a.Role = Answer }, merge.Changes{Role: 1}},
		{func(a *account) { a.Disabled = true }, merge.Changes{Disabled: 1}},
		{func(a *account) { a.Hash = "new" }, merge.Changes{}},
		{func(a *account) { a.Invite = &invite{Hash: []byte("a")} }, merge.Changes{Invite: 1}},
		{func(a *account) { a.Withdrawn = true }, merge.Changes{Invite: 1}},
		{func(a *account) { a.Reset = &invite{Hash: []byte("a")} }, merge.Changes{Reset: 1}},
	} {
		a := was
		c.change(&a)
		if a.counted(was, "eu"); a.Changes != c.want {
			t.Errorf("%+v: %+v", a, a.Changes)
		}
		if set := fmt.Sprint(a.Passwords); (set == "map[eu:1]") != (a.Hash != was.Hash) {
			t.Errorf("%+v: passwords are counted as %s", a, set)
		}
	}
}
