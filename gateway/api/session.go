package api

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// me is an agent as the console reads it.
type me struct {
	User string        `json:"user"`
	Name string        `json:"name"`
	Role accounts.Role `json:"role"`
	// Unnamed asks for a name: nobody has chosen the one that visitors read.
	Unnamed bool `json:"unnamed,omitempty"`
}

func meOf(a accounts.Agent) me { return me{a.User, a.Name, a.Role, a.Unnamed} }

func (a *api) config(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, struct {
		VisitorAuth string          `json:"visitor_auth"`
		Face        json.RawMessage `json:"face,omitempty"`
	}{string(a.Mode), a.face()})
	return nil
}

func (a *api) login(w http.ResponseWriter, r *http.Request) error {
	if err := a.keepsCookies(r); err != nil {
		return err
	}
	addr := limit.ClientAddr(r, a.Trusted)
	var req struct {
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if err := readJSON(r, &req); err != nil {
		if wait, ok := a.addresses.Allow(addr); !ok {
			return tooOften(wait)
		}
		return err
	}
	known, err := a.maySignIn(r, addr, req.User)
	if err != nil {
		return a.notSignedIn(r, addr, req.User, err)
	}
	signIn := a.Accounts.SignIn
	if known {
		signIn = a.Accounts.SignInKnown
	}
	agent, err := signIn(r.Context(), req.User, req.Password)
	if err != nil {
		return a.notSignedIn(r, addr, req.User, err)
	}
	if err := a.audited(r, agent, audit.SignIn, agent.User, ""); err != nil {
		return err
	}
	a.Metrics.SignIn(SignInOK)
	a.Log.Info().Str("user", agent.User).Str("addr", addr.String()).Msg("signed in")
	return a.begin(w, r, agent, http.StatusOK)
}

// keepsCookies refuses a sign-in on a page without TLS where browsers drop the cookie: it
// would succeed, and the next request would not be signed in, without end.
func (a *api) keepsCookies(r *http.Request) error {
	if a.Site.LosesCookies(r) {
		a.Blocked(r, limit.Blocked{Cause: "insecure", Cure: "the console was opened without TLS, where browsers drop its cookies; have the proxy lead agents to " + a.Site.URL() + "/agent"})
		return refuse(codes.BadOrigin, "This page is not encrypted, so a browser can't stay signed in here. Sign in at "+a.Site.URL()+"/agent instead.")
	}
	return nil
}

// maySignIn counts a sign-in attempt, and refuses it if there were too many. known says
// that the browser signed in with this account before: its attempts are counted
// separately, so that nobody else can use them up.
func (a *api) maySignIn(r *http.Request, addr netip.Addr, user string) (known bool, err error) {
	if b, ok := a.Accounts.Browser(r, user); ok {
		if wait, ok := a.browsers.Allow(b.ID); !ok {
			return true, tooOften(wait)
		}
		if known, err = a.Accounts.Knows(r.Context(), b); known || err != nil {
			return known, err
		}
	}
	if wait, ok := a.addresses.Allow(addr); !ok {
		return false, tooOften(wait)
	}
	if wait, ok := a.users.Allow(clipped(user)); !ok {
		return false, tooSoonFor(wait, admission.TooManySignInsOfName)
	}
	return false, nil
}

// clipped is a user name as a key of a table. It is whatever somebody typed, so it is
// cut: the keys stay small.
func clipped(user string) string {
	user = strings.ToLower(strings.TrimSpace(user))
	if len(user) > 64 {
		user = user[:64]
	}
	return user
}

// notSignedIn counts a refused sign-in and logs it, one line of a kind a minute, and
// returns the error.
func (a *api) notSignedIn(r *http.Request, addr netip.Addr, user string, err error) error {
	var no *bus.Refusal
	if !errors.As(err, &no) {
		return err // nobody was refused: something does not work
	}
	outcome, account := SignInThrottled, ""
	var wrong *accounts.SignInError
	if errors.As(err, &wrong) {
		outcome, account = SignInWrong, wrong.User
		if wrong.Disabled {
			outcome = SignInDisabled
		}
	}
	a.Metrics.SignIn(outcome)
	line := a.refused.Line(outcome, a.Log.Warn())
	if line.Enabled() {
		// The name only if it is an account's: people type their passwords there.
		if account == "" && outcome == SignInThrottled && a.Accounts.Exists(r.Context(), user) {
			account = clipped(user)
		}
		_ = a.auditedAs(r, cmp.Or(account, audit.Nobody), audit.SignInRefused, account, outcome) // it is refused anyway
		if account == "" {
			account = "none of that name"
		}
		line.Str("account", account).Str("block", limit.Block(addr).String()).Str("outcome", outcome).Msg("a sign-in was refused (at most one of each outcome is logged per minute)")
	}
	return err
}

// mayGuessOwn counts a guess at the current password by somebody who is signed in.
// Strangers who guess at the same account do not count: they must not keep its owner from
// changing the password.
func (a *api) mayGuessOwn(agent accounts.Agent) error {
	if wait, ok := a.owners.Allow(agent.User); !ok {
		return tooOften(wait)
	}
	return nil
}

func tooOften(wait time.Duration) error {
	return tooSoonFor(wait, admission.TooManySignIns)
}

// tooSoonFor is a refusal whose sentence says when to try again.
func tooSoonFor(wait time.Duration, sentence string) error {
	when := limit.RetryAfter(wait) + " seconds"
	if when == "1 seconds" {
		when = "1 second"
	}
	return &tooSoon{bus.Refusal{Code: codes.RateLimited, Message: fmt.Sprintf(sentence, when)}, wait}
}

// begin sends the browser the cookie of its session.
func (a *api) begin(w http.ResponseWriter, r *http.Request, agent accounts.Agent, status int) error {
	cookie, err := a.Accounts.Cookie(agent, a.secure(r))
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	http.SetCookie(w, a.Accounts.KnownCookie(r, agent, a.secure(r)))
	for _, old := range a.Accounts.OldCookies() {
		http.SetCookie(w, old)
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return nil
	}
	writeJSON(w, status, meOf(agent))
	return nil
}

// logout needs no body and succeeds even if nobody is signed in.
func (a *api) logout(w http.ResponseWriter, r *http.Request) error {
	agent, err := a.Accounts.Authenticate(r)
	var no *bus.Refusal
	switch {
	case err == nil:
		if err := a.audited(r, agent, audit.SignOut, agent.User, ""); err != nil {
			return err
		}
		if err := a.Accounts.SignOut(r.Context(), agent); err != nil {
			return err // the browser stays signed in, and reads so
		}
		a.Metrics.SignOut()
		a.Log.Info().Str("user", agent.User).Str("addr", limit.ClientAddr(r, a.Trusted).String()).Msg("signed out")
	case !errors.As(err, &no):
		return err
	}
	for _, c := range a.Accounts.NoCookies(a.secure(r)) {
		http.SetCookie(w, c)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) me(w http.ResponseWriter, _ *http.Request, agent accounts.Agent) error {
	writeJSON(w, http.StatusOK, meOf(agent))
	return nil
}

// password changes the agent's own password, and signs out the account's other browsers.
func (a *api) password(w http.ResponseWriter, r *http.Request, agent accounts.Agent) error {
	var req struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if err := a.mayGuessOwn(agent); err != nil {
		return err
	}
	if err := a.audited(r, agent, audit.PasswordChange, agent.User, "their own"); err != nil {
		return err
	}
	agent, err := a.Accounts.ChangePassword(r.Context(), agent, req.Old, req.New)
	if err != nil {
		return err
	}
	a.Log.Info().Str("user", agent.User).Msg("password changed")
	return a.begin(w, r, agent, http.StatusNoContent)
}
