package api

import (
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/limit"
)

// invitation is an invite as the admin who made it reads it, once. The page makes a link
// of the token; it is in the part of the address that browsers don't send, so it is in no
// log of a server or a proxy.
type invitation struct {
	User    string    `json:"user"`
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

func (a *api) invite(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		User string        `json:"user"`
		Name string        `json:"name"`
		Role accounts.Role `json:"role"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	made, err := a.Accounts.Invite(r.Context(), accounts.New{User: req.User, Name: req.Name, Role: req.Role}, by.User)
	if err != nil {
		return err
	}
	a.Log.Info().Str("user", made.User).Str("account_role", string(req.Role)).Str("by", by.User).Msg("invited")
	writeJSON(w, http.StatusCreated, invitation(made))
	return nil
}

// reinvite makes another link for somebody who has not joined; the earlier one ends.
func (a *api) reinvite(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	made, err := a.Accounts.Reinvite(r.Context(), r.PathValue("user"), by.User)
	if err != nil {
		return err
	}
	a.Log.Info().Str("user", made.User).Str("by", by.User).Msg("invited again: the earlier link no longer works")
	writeJSON(w, http.StatusOK, invitation(made))
	return nil
}

func (a *api) withdraw(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	user := r.PathValue("user")
	if err := a.Accounts.Withdraw(r.Context(), user); err != nil {
		return err
	}
	a.Log.Info().Str("user", user).Str("by", by.User).Msg("invite withdrawn")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// invited says whom a link is for. It is a POST with the token in its body: an address
// would be logged.
func (a *api) invited(w http.ResponseWriter, r *http.Request) error {
	var req struct {
		Token string `json:"token"`
	}
	if err := a.mayTryInvite(r); err != nil {
		return err
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	acc, err := a.Accounts.Invited(r.Context(), req.Token)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, me{User: acc.User, Name: acc.Name, Role: acc.Role})
	return nil
}

// join sets name and password of an account by its invite, and signs the browser in.
func (a *api) join(w http.ResponseWriter, r *http.Request) error {
	if err := a.keepsCookies(r); err != nil {
		return err
	}
	var req struct {
		Token    string `json:"token"`
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	if err := a.mayTryInvite(r); err != nil {
		return err
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	agent, err := a.Accounts.Join(r.Context(), req.Token, req.Name, req.Password)
	if err != nil {
		return err
	}
	a.Metrics.SignIn(SignInOK)
	a.Log.Info().Str("user", agent.User).Str("addr", limit.ClientAddr(r, a.Trusted).String()).Msg("joined by invite and signed in")
	return a.begin(w, r, agent, http.StatusOK)
}

func (a *api) mayTryInvite(r *http.Request) error {
	if wait, ok := a.joiners.Allow(limit.ClientAddr(r, a.Trusted)); !ok {
		return tooSoonFor(wait, admission.TooManyInvites)
	}
	return nil
}
