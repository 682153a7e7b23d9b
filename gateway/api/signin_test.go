package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/limit"
)

// attack guesses at an account from 40 addresses, each as fast as its limit lets it, for
// as long as between is called: once for each six seconds.
func attack(s *site, user string, rounds int, between func(round int)) {
	guessers := make([]*browser, 40)
	for i := range guessers {
		guessers[i] = s.browser(fmt.Sprintf("198.51.100.%d", i))
	}
	for range 9 { // what each may do at once
		for _, g := range guessers {
			g.login(user, "guess guess guess")
		}
	}
	for round := range rounds {
		for _, g := range guessers {
			g.login(user, "guess guess guess")
		}
		between(round)
		s.clock.pass(6 * time.Second)
	}
}

func TestNobodyIsLockedOutOfABrowserThatTheySignedInWith(t *testing.T) {
	s := start(t)
	owner, fresh := s.browser("192.0.2.1"), s.browser("192.0.2.2")
	owner.want("before the attack", owner.login("admin", adminPassword), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	owner.do("POST", "/api/logout", "")
	good, told := 0, 0
	attack(s, "admin", 20, func(int) {
		if got := owner.login(" Admin ", adminPassword); got.status == 200 {
			good++
		} else {
			t.Logf("the owner's browser: %d %s", got.status, got.body)
		}
		if got := fresh.login("admin", adminPassword); got.status == 429 && strings.Contains(got.body, "use a browser that you have signed in with before") && got.header.Get("Retry-After") != "" {
			told++
		}
	})
	if good != 20 {
		t.Errorf("the owner's browser signed in %d times of 20", good)
	}
	if told != 20 {
		t.Errorf("a new browser was told what it can do %d times of 20", told)
	}
	// A new password does not change that at the browser that set it, and does at others.
	other := s.browser("192.0.2.3")
	s.clock.pass(time.Hour)
	other.want("afterwards", other.login("admin", adminPassword), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
	owner.want("a new password", owner.do("POST", "/api/password", `{"old":"`+adminPassword+`","new":"another password"}`), 204, "")
	attack(s, "admin", 1, func(int) {
		owner.want("where it was changed", owner.login("admin", "another password"), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
		other.wantCode("elsewhere", other.login("admin", "another password"), 429, "rate_limited")
	})
}

// The cookie gives tries, not an account: a stolen one has the same limit as a guesser.
func TestAKnownBrowserHasALimitOfItsOwn(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	throttled := 0
	for range 30 {
		if b.login("admin", "guess guess guess").status == 429 {
			throttled++
		}
	}
	if throttled != 10 && throttled != 9 {
		t.Errorf("%d of 30 tries were refused, want 10", throttled)
	}
	elsewhere := s.browser("192.0.2.2")
	elsewhere.want("a stranger's limit is untouched", elsewhere.login("admin", adminPassword), 200, `{"user":"admin","name":"Admin","role":"admin","unnamed":true}`)
}

// Whoever is signed in changes their password while strangers guess at it.
func TestGuessersDoNotKeepAnOwnerFromANewPassword(t *testing.T) {
	s := start(t)
	owner := s.browser("192.0.2.1")
	owner.login("admin", adminPassword)
	attack(s, "admin", 2, func(round int) {
		if round == 1 {
			owner.want("a new password", owner.do("POST", "/api/password", `{"old":"`+adminPassword+`","new":"another password"}`), 204, "")
		}
	})
}

func TestSignInsAndSignOutsAreCountedAndLogged(t *testing.T) {
	s := start(t)
	b := s.browser("192.0.2.1")
	b.login("admin", adminPassword)
	b.do("POST", "/api/agents", `{"user":"gone","name":"Gone","role":"agent","password":"`+gracePassword+`"}`)
	b.do("PUT", "/api/agents/gone", `{"disabled":true}`)
	b.do("POST", "/api/logout", "")
	b.do("POST", "/api/logout", "") // nobody is signed in any more
	s.browser("192.0.2.2").login("gone", gracePassword)
	for range 3 {
		s.browser("192.0.2.3").login("my secret in the wrong field", "guess guess guess")
	}
	guesser := s.browser("2001:db8::77:1")
	for range 30 {
		guesser.login("admin", "guess guess guess")
	}
	for what, want := range map[string]int{api.SignInOK: 1, api.SignInDisabled: 1, api.SignInWrong: 3 + 10, api.SignInThrottled: 20, "sign-out": 1} {
		if got := s.counts(what); got != want {
			t.Errorf("%d were counted as %s, want %d", got, what, want)
		}
	}
	log := s.log.String()
	for what, want := range map[string]int{
		`"outcome":"wrong"`: 1, `"outcome":"throttled"`: 1, `"outcome":"disabled"`: 1, `"account":"gone","block":"192.0.2.2"`: 1,
		`"account":"none of that name","block":"192.0.2.3"`: 1, `"account":"admin","block":"2001:db8::"`: 1, `"message":"signed out"`: 1, "my secret": 0,
	} {
		if got := strings.Count(log, what); got != want {
			t.Errorf("%s is in the log %d times, want %d", what, got, want)
		}
	}
	if t.Failed() {
		t.Log(log)
	}
}

// Where the browser would drop the session's cookie, a sign-in says where to go instead of
// succeeding without end.
func TestWhereNobodyCanStaySignedInASignInSaysWhereToGo(t *testing.T) {
	at, err := limit.NewSite("https://chat.example.org", "", ":8080")
	if err != nil {
		t.Fatal(err)
	}
	s := startAt(t, at)
	b := s.browser("192.0.2.1")
	body := `{"user":"admin","password":"` + adminPassword + `"}`
	got := b.do("POST", "/api/login", body, "Host", "192.0.2.7:8080", "Origin", "http://192.0.2.7:8080")
	b.wantCode("on the gateway's address without TLS", got, 403, "bad_origin")
	if !strings.Contains(got.body, "Sign in at https://chat.example.org/agent") || len(got.header.Values("Set-Cookie")) != 0 {
		t.Errorf("%s, %q", got.body, got.header.Values("Set-Cookie"))
	}
	for what, header := range map[string][]string{
		"by TLS":                         {"Host", "chat.example.org", "Origin", "https://chat.example.org"},
		"by TLS, behind a proxy":         {"Host", "chat.example.org:8080", "Origin", "https://chat.example.org", "Sec-Fetch-Site", "same-origin"},
		"at the gateway's own machine":   {"Host", "localhost:8080", "Origin", "http://localhost:8080"},
		"a program that sends no Origin": {"Host", "192.0.2.7:8080", "Origin", ""},
	} {
		if got := b.do("POST", "/api/login", body, header...); got.status != 200 {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
	}
}
