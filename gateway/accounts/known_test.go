package accounts

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/codes"
)

// knows reports whether the browser with the cookie is known as one of the user's.
func knows(t *testing.T, a *Accounts, user string, cookies ...*http.Cookie) bool {
	t.Helper()
	b, ok := a.Browser(with(cookies...), user)
	if !ok {
		return false
	}
	known, err := a.Knows(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return known
}

func TestABrowserThatSignedInIsKnown(t *testing.T) {
	a, clock := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	create(t, a, "ada", Answer)
	grace := signIn(t, a, "grace", password)
	c := a.KnownCookie(with(), grace, true)
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.MaxAge != 180*24*3600 {
		t.Errorf("cookie %v", c)
	}
	if !knows(t, a, "grace", c) || !knows(t, a, " Grace ", c) {
		t.Error("the browser is not known")
	}
	if again := a.KnownCookie(with(c), grace, true); browserID(t, a, again) != browserID(t, a, c) || again.Value == "" {
		t.Error("the browser got another id with its next sign-in, and with it another limit")
	}
	// It signs nobody in.
	for _, name := range []string{CookieName, c.Name} {
		_, err := a.Authenticate(with(&http.Cookie{Name: name, Value: c.Value}))
		wantCode(t, "authenticate with "+name, err, codes.NotSignedIn)
	}
	// It belongs to one account.
	if knows(t, a, "ada", c) || knows(t, a, "ada", &http.Cookie{Name: knownPrefix + "ada", Value: c.Value}) {
		t.Error("it is known with another account")
	}
	if err := a.SignOut(t.Context(), grace); err != nil || !knows(t, a, "grace", c) {
		t.Errorf("signing out made it a stranger (%v)", err)
	}
	clock.Time = clock.Add(knownTime)
	if knows(t, a, "grace", c) {
		t.Error("it is known for too long")
	}
}

func browserID(t *testing.T, a *Accounts, c *http.Cookie) string {
	t.Helper()
	b, ok := a.Browser(with(c), "grace")
	if !ok {
		t.Fatal("a cookie that was just made is not genuine")
	}
	return b.ID
}

func TestWhatMakesABrowserAStranger(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	create(t, a, "grace", Answer)
	for what, do := range map[string]func() error{
		"a new password": func() error { return a.Update(t.Context(), "grace", Patch{Password: ptr(password)}) },
		"disabled":       func() error { return a.Update(t.Context(), "grace", Patch{Disabled: ptr(true)}) },
	} {
		if err := a.Update(t.Context(), "grace", Patch{Disabled: ptr(false)}); err != nil {
			t.Fatal(err)
		}
		c := a.KnownCookie(with(), signIn(t, a, "grace", password), false)
		if err := do(); err != nil {
			t.Fatal(err)
		}
		if knows(t, a, "grace", c) {
			t.Errorf("%s: the browser is still known", what)
		}
	}
}

func TestForgedBrowsersAreStrangers(t *testing.T) {
	a, _ := open(t, bustest.Conn(t))
	other, _ := open(t, bustest.Conn(t)) // another installation
	for _, a := range []*Accounts{a, other} {
		create(t, a, "grace", Answer)
	}
	c := a.KnownCookie(with(), signIn(t, a, "grace", password), false)
	token, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int) string {
		forged := append([]byte(nil), token...)
		forged[at] ^= 1
		return base64.RawURLEncoding.EncodeToString(forged)
	}
	for what, value := range map[string]string{
		"empty": "", "nonsense": "hello", "another id": changed(0), "another version": changed(browserBytes + 7), "later": changed(browserBytes + 8 + 7), "another MAC": changed(len(token) - 1),
		"cut": c.Value[:len(c.Value)-4], "longer": c.Value + "AAAA", "huge": strings.Repeat("A", 100_000),
		"another installation's": other.KnownCookie(with(), signIn(t, other, "grace", password), false).Value,
	} {
		if knows(t, a, "grace", &http.Cookie{Name: c.Name, Value: value}) {
			t.Errorf("%s: known", what)
		}
	}
	for _, user := range []string{"", "..", "grace\x00", "a b"} {
		if _, ok := a.Browser(with(c), user); ok {
			t.Errorf("known as %q", user)
		}
	}
}
