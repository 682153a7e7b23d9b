package accounts

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
)

const another = "quite another password"

func grace(t *testing.T, a *Accounts) Agent {
	t.Helper()
	if err := a.Create(t.Context(), New{User: "grace", Name: "Grace", Role: Answer, Password: password}); err != nil {
		t.Fatal(err)
	}
	return signIn(t, a, "grace", password)
}

func resetOf(t *testing.T, a *Accounts, user string) Invitation {
	t.Helper()
	made, err := a.MakeReset(t.Context(), user, "admin")
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// over reports whether the agent's session has ended.
func over(t *testing.T, a *Accounts, agent Agent) bool {
	t.Helper()
	acc, err := a.get(t.Context(), agent.User)
	if err != nil {
		t.Fatal(err)
	}
	return acc.ends(agent)
}

func TestALinkSetsAForgottenPasswordOnce(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	before := grace(t, a)
	made := resetOf(t, a, "grace")
	if acc, err := a.Resetting(t.Context(), made.Token); err != nil || acc.User != "grace" || acc.Name != "Grace" {
		t.Errorf("the link says %+v, %v", acc, err)
	}
	if over(t, a, before) {
		t.Error("a link that nobody used ended a session")
	}
	_, err := a.Reset(t.Context(), made.Token, "grace")
	wantCode(t, "a weak password", err, codes.BadPassword)
	agent, err := a.Reset(t.Context(), made.Token, another)
	if err != nil || agent.User != "grace" || over(t, a, agent) {
		t.Fatalf("%+v, %v", agent, err)
	}
	if !over(t, a, before) {
		t.Error("a session from before the new password goes on")
	}
	_, err = a.SignIn(t.Context(), "grace", password)
	wantCode(t, "the old password", err, codes.BadLogin)
	signIn(t, a, "grace", another)
	_, err = a.Reset(t.Context(), made.Token, password)
	wantSentence(t, "a used link", err, "used already")
	_, err = a.Resetting(t.Context(), made.Token)
	wantSentence(t, "a used link", err, "used already")
}

func TestALinkForAPasswordThatEndedSetsNone(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	grace(t, a)
	reset := func(token string) error { _, err := a.Reset(t.Context(), token, another); return err }
	old := resetOf(t, a, "grace")
	clock.Time = clock.Add(ResetTime)
	wantSentence(t, "expired", reset(old.Token), "expired")
	fresh := resetOf(t, a, "grace")
	wantSentence(t, "replaced", reset(old.Token), "doesn’t work")
	set := password + "!"
	if err := a.Update(t.Context(), "grace", Patch{Password: &set}); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "the password was set otherwise", reset(fresh.Token), "doesn’t work")
	fresh = resetOf(t, a, "grace")
	if err := a.Update(t.Context(), "grace", Patch{Disabled: ptr(true)}); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "disabled", reset(fresh.Token), "doesn’t work")
	_, err := a.MakeReset(t.Context(), "grace", "admin")
	wantCode(t, "a link for a disabled account", err, codes.Changed)
	if err := a.Update(t.Context(), "grace", Patch{Disabled: ptr(false)}); err != nil {
		t.Fatal(err)
	}
	wantSentence(t, "enabled again, the link stays void", reset(fresh.Token), "doesn’t work")
	inv := invited(t, a, "linus", Answer)
	_, err = a.MakeReset(t.Context(), "linus", "admin")
	wantCode(t, "a link for somebody who has not joined", err, codes.Changed)
	_, err = a.MakeReset(t.Context(), "nobody", "admin")
	wantCode(t, "a link for nobody", err, codes.NotFound)
	for _, token := range []string{"", "grace", "grace.", "nobody." + strings.Repeat("A", 43), inv.Token} {
		wantSentence(t, "the token "+token, reset(token), "doesn’t work")
	}
	// Neither kind of link does the other's work.
	_, err = a.Join(t.Context(), resetOf(t, a, "grace").Token, "Eve", another)
	wantCode(t, "joining by it", err, codes.BadInvite)
}

func TestOfAllWhoUseOneLinkForAPasswordOneDoes(t *testing.T) {
	server := bustest.Start(t)
	a, _ := open(t, server.Connect("one"))
	b, _ := open(t, server.Connect("two"))
	grace(t, a)
	made := resetOf(t, a, "grace")
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := 0
	for n := range 8 {
		wg.Go(func() {
			if _, err := []*Accounts{a, b}[n%2].Reset(t.Context(), made.Token, another); err == nil {
				mu.Lock()
				got++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got != 1 {
		t.Errorf("%d set a password with one link", got)
	}
}

func TestTheSecretOfALinkForAPasswordIsNotStored(t *testing.T) {
	conn := bustest.Conn(t)
	a, _ := open(t, conn)
	grace(t, a)
	_, secret, _ := strings.Cut(resetOf(t, a, "grace").Token, ".")
	bucket, err := bus.OpenBucket[json.RawMessage](t.Context(), conn, bus.AgentsBucket)
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := bucket.Get(t.Context(), "grace")
	if err != nil || !strings.Contains(string(raw), `"reset"`) || strings.Contains(string(raw), secret) {
		t.Errorf("stored is %s, %v", raw, err)
	}
}

func TestAllSessionsOfAnAccountEndTogether(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	one := grace(t, a)
	two := signIn(t, a, "grace", password)
	if err := a.EndSessions(t.Context(), "grace"); err != nil {
		t.Fatal(err)
	}
	if !over(t, a, one) || !over(t, a, two) {
		t.Error("a session goes on")
	}
	if over(t, a, signIn(t, a, "grace", password)) {
		t.Error("and none begins")
	}
	wantCode(t, "nobody's", a.EndSessions(t.Context(), "nobody"), codes.NotFound)
}

func TestTheLastAdminKeepsTheRole(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	if err := a.Create(t.Context(), New{User: "ada", Name: "Ada", Role: Admin, Password: password}); err != nil {
		t.Fatal(err)
	}
	grace(t, a)
	for _, role := range rights.Roles {
		if role != Admin {
			wantCode(t, "the last admin becomes "+string(role), a.Update(t.Context(), "ada", Patch{Role: ptr(role)}), codes.LastAdmin)
		}
		if err := a.Update(t.Context(), "grace", Patch{Role: ptr(role)}); err != nil {
			t.Errorf("grace becomes %s: %v", role, err)
		}
	}
	wantCode(t, "no role", a.Update(t.Context(), "grace", Patch{Role: ptr(Role("wizard"))}), codes.BadRole)
	wantCode(t, "an empty role", a.Update(t.Context(), "grace", Patch{Role: ptr(Role(""))}), codes.BadRole)
}
