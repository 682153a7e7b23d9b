package accounts

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

// withCookie returns a request of the agent's browser.
func withCookie(t *testing.T, a *Accounts, agent Agent) *http.Request {
	t.Helper()
	c, err := a.Cookie(agent, false)
	if err != nil {
		t.Fatal(err)
	}
	return with(c)
}

func with(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/api/me", nil)
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return r
}

func TestASessionIsSignedInUntilTwelveHoursAfterItsLastUse(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	c, err := a.Cookie(signIn(t, a, "grace", password), true)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(c.Name, "parley_agent") || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || !c.Secure || c.Path != "/" || c.MaxAge != 7*24*3600 {
		t.Errorf("cookie %v", c)
	}
	for range 5 { // 55 hours in all
		clock.Time = clock.Add(11 * time.Hour)
		agent, err := a.Authenticate(with(c))
		if err != nil || agent.User != "grace" || agent.Name != "Name of grace" || agent.Role != Answer {
			t.Fatalf("%+v, %v", agent, err)
		}
		if !a.ProlongDue(agent) {
			t.Error("a use after hours is not recorded")
		}
		if agent, err = a.Prolong(t.Context(), agent); err != nil || a.ProlongDue(agent) {
			t.Fatalf("%+v, %v", agent, err)
		}
	}
	for range 5 { // reading prolongs nothing
		clock.Time = clock.Add(2 * time.Hour)
		if _, err = a.Authenticate(with(c)); err != nil {
			t.Fatal(err)
		}
	}
	clock.Time = clock.Add(2*time.Hour + time.Second)
	_, err = a.Authenticate(with(c))
	wantCode(t, "after twelve idle hours", err, codes.NotSignedIn)
}

func TestASessionLastsAWeekWhateverIsDone(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	agent := signIn(t, a, "grace", password)
	r := withCookie(t, a, agent)
	for range 7*24 - 1 {
		clock.Time = clock.Add(time.Hour)
		var err error
		if agent, err = a.Prolong(t.Context(), agent); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Authenticate(r); err != nil {
		t.Fatalf("in the last hour: %v", err)
	}
	clock.Time = clock.Add(time.Hour)
	_, err := a.Authenticate(r)
	wantCode(t, "after a week", err, codes.NotSignedIn)
	_, err = a.Prolong(t.Context(), agent)
	wantCode(t, "a use after a week", err, codes.NotSignedIn)
}

func TestASessionThatEndedIsNotProlonged(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	for what, end := range map[string]func(Agent) error{
		"signed out": func(s Agent) error { return a.SignOut(t.Context(), s) },
		"password":   func(Agent) error { return a.Update(t.Context(), "grace", Patch{Password: ptr(password)}) },
		"idle":       func(Agent) error { clock.Time = clock.Add(12 * time.Hour); return nil },
	} {
		agent := signIn(t, a, "grace", password)
		clock.Time = clock.Add(time.Hour)
		if err := end(agent); err != nil {
			t.Fatal(err)
		}
		_, err := a.Prolong(t.Context(), agent)
		wantCode(t, what, err, codes.NotSignedIn)
	}
}

// A tab that is idle learns from its browser's other tab, at another gateway, that the
// session goes on.
func TestAUseInOneTabCountsInAll(t *testing.T) {
	server := bustest.Start(t)
	a, clock := open(t, server.Connect("one"))
	b, _ := open(t, server.Connect("two"))
	create(t, a, "grace", Answer)
	here := signIn(t, a, "grace", password)
	clock.Time = clock.Add(11 * time.Hour)
	there, err := a.Prolong(t.Context(), here)
	if err != nil {
		t.Fatal(err)
	}
	heard := make(chan Agent, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(func() {
		b.Follow(ctx, func(c Change) {
			select {
			case heard <- c.Agent(here):
			default:
			}
		})
	})
	if now := <-heard; !now.used.Equal(there.used) {
		t.Errorf("the other tab was last used at %v, want %v", now.used, there.used)
	}
	cancel()
	wg.Wait()
}

func TestUsesAreRememberedWithinABound(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	var sessions []Agent
	for range maxUsed + 3 {
		sessions = append(sessions, signIn(t, a, "grace", password))
	}
	for _, s := range sessions {
		clock.Time = clock.Add(11 * time.Minute)
		if a.Over(s) {
			break
		}
		if _, err := a.Prolong(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	acc, _ := a.get(t.Context(), "grace")
	if len(acc.Used) > maxUsed || len(acc.Used) < maxUsed/2 {
		t.Errorf("%d uses are remembered, want %d at most", len(acc.Used), maxUsed)
	}
}

func TestWhatEndsASession(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "boss", Admin)
	for _, c := range []struct {
		what string
		do   func() error
		ends bool
	}{
		{"another name", func() error { return a.Update(t.Context(), "grace", Patch{Name: ptr("Grace H.")}) }, false},
		{"another role", func() error { return a.Update(t.Context(), "grace", Patch{Role: ptr(Admin)}) }, false},
		{"somebody else's change", func() error { return a.Update(t.Context(), "boss", Patch{Password: ptr("another password")}) }, false},
		{"another password", func() error { return a.Update(t.Context(), "grace", Patch{Password: ptr(password)}) }, true},
		{"disabled", func() error { return a.Update(t.Context(), "grace", Patch{Disabled: ptr(true)}) }, true},
		{"disabled and enabled again", func() error {
			return errors.Join(a.Update(t.Context(), "grace", Patch{Disabled: ptr(true)}), a.Update(t.Context(), "grace", Patch{Disabled: ptr(false)}))
		}, true},
	} {
		_ = a.Create(t.Context(), New{User: "grace", Name: "Grace", Role: Answer, Password: password})
		if err := a.Update(t.Context(), "grace", Patch{Disabled: ptr(false), Password: ptr(password)}); err != nil {
			t.Fatal(err)
		}
		r := withCookie(t, a, signIn(t, a, "grace", password))
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		_, err := a.Authenticate(r)
		if c.ends {
			wantCode(t, c.what, err, codes.NotSignedIn)
		} else if err != nil {
			t.Errorf("%s ended the session: %v", c.what, err)
		}
	}
}

func TestSigningOutEndsOneBrowsersSession(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	laptop, phone := signIn(t, a, "grace", password), signIn(t, a, "grace", password)
	onLaptop, onPhone := withCookie(t, a, laptop), withCookie(t, a, phone)
	for range 2 {
		if err := a.SignOut(t.Context(), laptop); err != nil {
			t.Fatal(err)
		}
	}
	_, err := a.Authenticate(onLaptop)
	wantCode(t, "a copy of the laptop's cookie", err, codes.NotSignedIn)
	if _, err := a.Authenticate(onPhone); err != nil {
		t.Errorf("the phone: %v", err)
	}
}

func TestEndedSessionsAreRememberedWithinABound(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	stays := signIn(t, a, "grace", password)
	acc, _ := a.get(t.Context(), "grace")
	for i := range maxSignedOut {
		if err := a.SignOut(t.Context(), a.session(acc)); err != nil {
			t.Fatal(err)
		}
		if i == maxSignedOut/2 {
			clock.Time = clock.Add(a.times.Idle + 2*time.Minute) // the first half has ended by itself
		}
	}
	acc, _ = a.get(t.Context(), "grace")
	if len(acc.SignedOut) >= maxSignedOut || acc.ends(stays) {
		t.Fatalf("%d remembered, version %d", len(acc.SignedOut), acc.Version)
	}
	last := stays
	for range maxSignedOut {
		last = a.session(acc)
		if err := a.SignOut(t.Context(), last); err != nil {
			t.Fatal(err)
		}
	}
	acc, _ = a.get(t.Context(), "grace")
	if len(acc.SignedOut) > maxSignedOut || !acc.ends(stays) || !acc.ends(last) {
		t.Errorf("beyond the bound: %d remembered, version %d", len(acc.SignedOut), acc.Version)
	}
}

func TestOneOfSeveralCookiesIsEnough(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	good, err := a.Cookie(signIn(t, a, "grace", password), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(with(&http.Cookie{Name: CookieName, Value: "left-over"}, good)); err != nil {
		t.Error(err)
	}
}

func TestForgedCookiesAreRefused(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Admin)
	agent := signIn(t, a, "grace", password)
	c, err := a.Cookie(agent, false)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(c.Value, ".")
	claims := func(aud string, exp time.Time) sessionClaims {
		return sessionClaims{Version: 1, RegisteredClaims: jwt.RegisteredClaims{Subject: "grace", ID: "x", Audience: jwt.ClaimStrings{aud}, IssuedAt: jwt.NewNumericDate(a.now()), ExpiresAt: jwt.NewNumericDate(exp)}}
	}
	sign := func(m jwt.SigningMethod, key any, c jwt.Claims) string {
		s, err := jwt.NewWithClaims(m, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	later := a.now().Add(time.Hour)
	endless := claims(sessionAudience, later)
	endless.ExpiresAt = nil
	for what, value := range map[string]string{
		"none":           "",
		"nonsense":       "hello",
		"no signature":   parts[0] + "." + parts[1] + ".",
		"alg none":       sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(sessionAudience, later)),
		"HS512":          sign(jwt.SigningMethodHS512, a.signer, claims(sessionAudience, later)),
		"another key":    sign(jwt.SigningMethodHS256, []byte(strings.Repeat("k", 32)), claims(sessionAudience, later)),
		"a visitor's":    sign(jwt.SigningMethodHS256, a.signer, claims("parley-visitor", later)),
		"over":           sign(jwt.SigningMethodHS256, a.signer, claims(sessionAudience, a.now().Add(-time.Second))),
		"without an end": sign(jwt.SigningMethodHS256, a.signer, endless),
		"huge":           strings.Repeat("a", 100_000),
	} {
		_, err := a.Authenticate(with(&http.Cookie{Name: CookieName, Value: value}))
		wantCode(t, what, err, codes.NotSignedIn)
	}
	if _, err := a.Authenticate(with(c)); err != nil {
		t.Error(err)
	}
}

func TestChangingOnesOwnPasswordEndsAllOtherSessions(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	here, there := signIn(t, a, "grace", password), signIn(t, a, "grace", password)
	_, err := a.ChangePassword(t.Context(), here, "wrong password", "a new password")
	wantCode(t, "wrong old one", err, codes.BadPassword)
	_, err = a.ChangePassword(t.Context(), here, password, "short")
	wantCode(t, "short new one", err, codes.BadPassword)
	if _, err := a.Authenticate(withCookie(t, a, there)); err != nil {
		t.Errorf("a refused change ended a session: %v", err)
	}
	now, err := a.ChangePassword(t.Context(), here, password, "a new password")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Authenticate(withCookie(t, a, now)); err != nil {
		t.Errorf("the agent who changed it: %v", err)
	}
	for what, old := range map[string]Agent{"the old session here": here, "the session there": there} {
		_, err := a.Authenticate(withCookie(t, a, old))
		wantCode(t, what, err, codes.NotSignedIn)
	}
	signIn(t, a, "grace", "a new password")
}

func TestOpenConnectionsLearnThatTheirSessionEnded(t *testing.T) {
	server := bustest.Start(t)
	a, _ := open(t, server.Connect("one"))
	b, _ := open(t, server.Connect("two"))
	create(t, a, "grace", Answer)
	grace := signIn(t, a, "grace", password)
	var seen, ended atomic.Int32
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		b.Follow(ctx, func(c Change) {
			seen.Add(1)
			if c.Ends(grace) {
				ended.Add(1)
			}
		})
	})
	bustest.Eventually(t, "the account is seen", func() bool { return seen.Load() >= 1 })
	if err := a.Update(t.Context(), "grace", Patch{Name: ptr("Grace H.")}); err != nil {
		t.Fatal(err)
	}
	// The bucket keeps the last value only: of two changes at once a slow reader sees one.
	bustest.Eventually(t, "the new name is seen", func() bool { return seen.Load() >= 2 })
	if ended.Load() != 0 {
		t.Error("a new name ended the session")
	}
	if err := a.SignOut(t.Context(), grace); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the end is heard", func() bool { return seen.Load() >= 3 })
	if ended.Load() != 1 {
		t.Errorf("ended %d times, want 1", ended.Load())
	}
	cancel()
	wg.Wait()
}

// Where people come by TLS only, a cookie that a request without TLS, or another host of
// the domain, has set is not a session, whatever a proxy says about the request.
func TestAHostCookieIsForTLSAndForThisHostOnly(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	before, err := a.Cookie(signIn(t, a, "grace", password), false)
	if err != nil {
		t.Fatal(err)
	}
	a.hostCookie = true
	_, err = a.Authenticate(with(before))
	wantCode(t, "a session under the old name", err, codes.NotSignedIn)
	c, err := a.Cookie(signIn(t, a, "grace", password), false)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "__Host-parley_agent" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie %v", c)
	}
	if _, err := a.Authenticate(with(before, c)); err != nil {
		t.Errorf("beside an old cookie: %v", err)
	}
	deleted := map[string]bool{}
	for _, no := range a.NoCookies(false) {
		deleted[no.Name] = no.MaxAge < 0 && no.Secure && no.Value == ""
	}
	if !deleted["__Host-parley_agent"] || !deleted["parley_agent"] {
		t.Errorf("signing out deletes %v", deleted)
	}
}
