package api

import (
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
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
	if err := a.audited(r, by, audit.InviteCreate, req.User, "role "+string(req.Role)); err != nil {
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
	if err := a.audited(r, by, audit.InviteCreate, r.PathValue("user"), "again"); err != nil {
		return err
	}
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
	if err := a.audited(r, by, audit.InviteWithdraw, user, ""); err != nil {
		return err
	}
	if err := a.Accounts.Withdraw(r.Context(), user); err != nil {
		return err
	}
	a.Log.Info().Str("user", user).Str("by", by.User).Msg("invite withdrawn")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
