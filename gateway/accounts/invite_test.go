package accounts

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

func invited(t *testing.T, a *Accounts, user string, role Role) Invitation {
	t.Helper()
	made, err := a.Invite(t.Context(), New{User: user, Name: "Name of " + user, Role: role}, "admin")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// wantSentence is wantCode for bad_invite, with words of the sentence.
func wantSentence(t *testing.T, what string, err error, words string) {
	t.Helper()
	wantCode(t, what, err, codes.BadInvite)
	if err != nil && !strings.Contains(err.Error(), words) {
		t.Errorf("%s: %v, want %q", what, err, words)
	}
}

func TestAnInviteLetsOnePersonJoinOnce(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	made := invited(t, a, "grace", Admin)
	wantCode(t, "the name is taken", a.Create(t.Context(), New{User: "grace", Name: "G", Role: Answer, Password: password}), codes.UserTaken)
	for _, guess := range []string{"", password} {
		_, err := a.SignIn(t.Context(), "grace", guess)
		wantCode(t, "a sign-in before joining", err, codes.BadLogin)
	}
	if acc, err := a.Invited(t.Context(), made.Token); err != nil || acc.User != "grace" || acc.Role != Admin || !acc.Invited || !acc.Expires.Equal(made.Expires) {
		t.Errorf("the link says %+v, %v", acc, err)
	}
	_, err := a.Join(t.Context(), made.Token, "Grace", "grace-12345")
	wantCode(t, "a weak password", err, codes.BadPassword)
	_, err = a.Join(t.Context(), made.Token, " ", password)
	wantCode(t, "no name", err, codes.BadName)
	agent, err := a.Join(t.Context(), made.Token, " Grace  Hopper ", password)
	if err != nil || agent.User != "grace" || agent.Name != "Grace Hopper" || agent.Role != Admin {
		t.Fatalf("joined as %+v, %v", agent, err)
	}
	if again := signIn(t, a, "grace", password); again.Name != "Grace Hopper" {
		t.Errorf("signed in as %+v", again)
	}
	for _, used := range []func() error{
		func() error { _, err := a.Join(t.Context(), made.Token, "Eve", "eve's own password"); return err },
		func() error { _, err := a.Invited(t.Context(), made.Token); return err },
	} {
		wantSentence(t, "a used link", used(), "used already")
	}
	_, err = a.Reinvite(t.Context(), "grace", "admin")
	wantCode(t, "another link for somebody who joined", err, codes.Changed)
	wantCode(t, "withdrawing what was used", a.Withdraw(t.Context(), "grace"), codes.Changed)
	signIn(t, a, "grace", password)
}

func TestAnInviteThatEndedLetsNobodyJoin(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	join := func(token string) error { _, err := a.Join(t.Context(), token, "Eve", password); return err }

	old := invited(t, a, "expired", Answer)
	clock.Time = clock.Add(InviteTime)
	wantSentence(t, "expired", join(old.Token), "expired")
	fresh, err := a.Reinvite(t.Context(), "expired", "admin")
	if err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "replaced", join(old.Token), "doesn’t work")

	gone := invited(t, a, "withdrawn", Answer)
	if err := a.Withdraw(t.Context(), "withdrawn"); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "withdrawn", join(gone.Token), "doesn’t work")
	wantCode(t, "withdrawn twice", a.Withdraw(t.Context(), "withdrawn"), codes.NotFound)
	_, err = a.Reinvite(t.Context(), "withdrawn", "admin")
	wantCode(t, "a link for nobody", err, codes.NotFound)
	again := invited(t, a, "withdrawn", Answer) // the name is free
	wantSentence(t, "withdrawn, and the name invited again", join(gone.Token), "doesn’t work")

	given := invited(t, a, "given", Answer)
	if err := a.Update(t.Context(), "given", Patch{Password: ptr(password)}); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "an admin set a password", join(given.Token), "doesn’t work")
	signIn(t, a, "given", password)

	off := invited(t, a, "off", Answer)
	if err := a.Update(t.Context(), "off", Patch{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "disabled", join(off.Token), "doesn’t work")

	_, secret, _ := strings.Cut(fresh.Token, ".")
	for _, made := range []string{"", ".", "expired", "expired.", "expired." + secret[1:], "expired." + secret + "A", "withdrawn." + secret, "nobody." + secret, "." + secret, "a b." + secret, strings.Repeat("x", 10_000)} {
		wantSentence(t, fmt.Sprintf("%.40q", made), join(made), "doesn’t work")
	}
	for _, good := range []string{fresh.Token, again.Token} {
		if err := join(good); err != nil {
			t.Errorf("the link that is left: %v", err)
		}
	}
}

// At two gateways, and several at each.
func TestOfAllWhoJoinWithOneLinkAtOnceExactlyOneDoes(t *testing.T) {
	conn := bustest.Conn(t)
	one, _ := open(t, conn)
	two, _ := open(t, conn)
	made := invited(t, one, "grace", Answer)
	var mu sync.Mutex
	var joined []string
	var all sync.WaitGroup
	for i := range 8 {
		at, mine := []*Accounts{one, two}[i%2], fmt.Sprintf("password of number %d", i)
		all.Go(func() {
			_, err := at.Join(t.Context(), made.Token, "Somebody", mine)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				joined = append(joined, mine)
				return
			}
			wantSentence(t, mine, err, "used already")
		})
	}
	all.Wait()
	if len(joined) != 1 {
		t.Fatalf("%q joined, want one", joined)
	}
	signIn(t, two, "grace", joined[0])
}

// Whoever withdraws an invite while somebody joins is right, or reads that they were late.
func TestAnInviteIsWithdrawnOrUsedNeverBoth(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	for i := range 20 {
		user := fmt.Sprintf("user%d", i)
		made := invited(t, a, user, Answer)
		var join, withdraw error
		var both sync.WaitGroup
		both.Go(func() { _, join = a.Join(t.Context(), made.Token, "Somebody", password) })
		both.Go(func() { withdraw = a.Withdraw(t.Context(), user) })
		both.Wait()
		_, in := a.SignIn(t.Context(), user, password)
		if (join == nil) == (withdraw == nil) || (join == nil) != (in == nil) {
			t.Fatalf("join: %v; withdraw: %v; sign in: %v", join, withdraw, in)
		}
	}
}

func TestAnInvitedAdminIsNotTheAdminWhoIsLeft(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "ada", Admin)
	made := invited(t, a, "grace", Admin)
	wantCode(t, "the last one who can sign in", a.Update(t.Context(), "ada", Patch{Disabled: ptr(true)}), codes.LastAdmin)
	if _, err := a.Join(t.Context(), made.Token, "Grace", password); err != nil {
		t.Fatal(err)
	}
	if err := a.Update(t.Context(), "ada", Patch{Disabled: ptr(true)}); err != nil {
		t.Error(err)
	}
}

func TestTheSecretOfAnInviteIsNotStored(t *testing.T) {
	conn := bustest.Conn(t)
	a, _ := open(t, conn)
	made := invited(t, a, "grace", Answer)
	raw, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.AgentsBucket)
	if err != nil {
		t.Fatal(err)
	}
	stored, _, err := raw.Get(t.Context(), "grace")
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(made.Token, ".")
	if !strings.Contains(string(stored), `"invite"`) || strings.Contains(string(stored), secret) {
		t.Errorf("stored: %s", stored)
	}
	if made.Expires.Sub(a.now()) != 7*24*time.Hour {
		t.Errorf("it can be used until %v", made.Expires)
	}
	var no *bus.Refusal
	if _, err := a.Join(t.Context(), "grace."+string(stored), "Eve", password); !errors.As(err, &no) {
		t.Errorf("what is stored lets join: %v", err)
	}
}
