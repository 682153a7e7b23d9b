package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// me is an agent as the console reads it.
type me struct {
	User string        `json:"user"`
	Name string        `json:"name"`
	Role accounts.Role `json:"role"`
}

func (a *api) config(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, struct {
		VisitorAuth string `json:"visitor_auth"`
	}{string(a.Mode)})
	return nil
}

func (a *api) login(w http.ResponseWriter, r *http.Request) error {
	addr := limit.ClientAddr(r, a.Trusted)
	if wait, ok := a.addresses.Allow(addr); !ok {
		return tooOften(wait)
	}
	var req struct {
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if err := a.mayGuess(req.User); err != nil {
		return err
	}
	agent, err := a.Accounts.SignIn(r.Context(), req.User, req.Password)
	if err != nil {
		var no *bus.Refusal
		if errors.As(err, &no) {
			// Not the user name: people type their passwords there.
			a.Log.Info().Str("addr", addr.String()).Str("code", no.Code).Msg("a sign-in was refused")
		}
		return err
	}
	a.Log.Info().Str("user", agent.User).Str("addr", addr.String()).Msg("signed in")
	return a.begin(w, r, agent, http.StatusOK)
}

// mayGuess counts a guess at the user's password. The name is whatever
// somebody typed, so it is cut: the table's keys stay small.
func (a *api) mayGuess(user string) error {
	user = strings.ToLower(strings.TrimSpace(user))
	if len(user) > 64 {
		user = user[:64]
	}
	if wait, ok := a.users.Allow(user); !ok {
		return tooOften(wait)
	}
	return nil
}

// mayGuessOwn counts a guess at the present password by somebody who is signed in.
// Strangers who guess at the same account do not count: they must not keep its owner from
// changing the password.
func (a *api) mayGuessOwn(agent accounts.Agent) error {
	if wait, ok := a.owners.Allow(agent.User); !ok {
		return tooOften(wait)
	}
	return nil
}

func tooOften(wait time.Duration) error {
	seconds := limit.RetryAfter(wait)
	unit := "seconds"
	if seconds == "1" {
		unit = "second"
	}
	return &tooSoon{bus.Refusal{
		Code:    codes.RateLimited,
		Message: fmt.Sprintf("That was too often. Please try again in %s %s.", seconds, unit),
	}, wait}
}

// begin sends the browser the cookie of its session.
func (a *api) begin(w http.ResponseWriter, r *http.Request, agent accounts.Agent, status int) error {
	cookie, err := a.Accounts.Cookie(agent, a.secure(r))
	if err != nil {
		return err
	}
	http.SetCookie(w, cookie)
	for _, old := range a.Accounts.OldCookies() {
		http.SetCookie(w, old)
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return nil
	}
	writeJSON(w, status, me{agent.User, agent.Name, agent.Role})
	return nil
}

// logout needs no body and succeeds even if nobody is signed in.
func (a *api) logout(w http.ResponseWriter, r *http.Request) error {
	agent, err := a.Accounts.Authenticate(r)
	var no *bus.Refusal
	switch {
	case err == nil:
		if err := a.Accounts.SignOut(r.Context(), agent); err != nil {
			return err // the browser stays signed in, and reads so
		}
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
	writeJSON(w, http.StatusOK, me{agent.User, agent.Name, agent.Role})
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
	agent, err := a.Accounts.ChangePassword(r.Context(), agent, req.Old, req.New)
	if err != nil {
		return err
	}
	a.Log.Info().Str("user", agent.User).Msg("password changed")
	return a.begin(w, r, agent, http.StatusNoContent)
}
