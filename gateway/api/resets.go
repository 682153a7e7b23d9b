package api

import (
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
)

// reset makes the link for a new password of somebody who forgot it; an earlier one ends. As
// that of an invite, the admin who made it reads it once and sends it.
func (a *api) reset(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	if err := a.audited(r, by, audit.ResetLink, r.PathValue("user"), ""); err != nil {
		return err
	}
	made, err := a.Accounts.MakeReset(r.Context(), r.PathValue("user"), by.User)
	if err != nil {
		return err
	}
	a.Log.Info().Str("user", made.User).Str("by", by.User).Msg("link for a new password made")
	writeJSON(w, http.StatusCreated, invitation(made))
	return nil
}

// signOutEverywhere ends all sessions of the agent's own account, this one included.
func (a *api) signOutEverywhere(w http.ResponseWriter, r *http.Request, agent accounts.Agent) error {
	if err := a.audited(r, agent, audit.SignOut, agent.User, "everywhere"); err != nil {
		return err
	}
	if err := a.Accounts.EndSessions(r.Context(), agent.User); err != nil {
		return err
	}
	a.Metrics.SignOut()
	a.Log.Info().Str("user", agent.User).Str("by", agent.User).Str("addr", limit.ClientAddr(r, a.Trusted).String()).Msg("signed out everywhere")
	for _, c := range a.Accounts.NoCookies(a.secure(r)) {
		http.SetCookie(w, c)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signOutAgent ends all sessions of an account for an admin.
func (a *api) signOutAgent(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	user := r.PathValue("user")
	if err := a.audited(r, by, audit.SignOut, user, "everywhere"); err != nil {
		return err
	}
	if err := a.Accounts.EndSessions(r.Context(), user); err != nil {
		return err
	}
	a.Log.Info().Str("user", user).Str("by", by.User).Msg("signed out everywhere")
	w.WriteHeader(http.StatusNoContent)
	return nil
}
