package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
)

// listed is an account as admins read it.
type listed struct {
	User     string        `json:"user"`
	Name     string        `json:"name"`
	Role     accounts.Role `json:"role"`
	Disabled bool          `json:"disabled"`
	Online   bool          `json:"online"`
	Away     bool          `json:"away,omitempty"`
	Capacity int           `json:"capacity,omitempty"` // the agent's own
	// Expires is when the invite of somebody who has not joined yet ends; nobody can sign in
	// with the account until then or afterwards.
	Expires *time.Time `json:"invite_expires,omitempty"`
}

func (a *api) listAgents(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	all, err := a.Accounts.List(r.Context())
	if err != nil {
		return err
	}
	online := map[string]bool{}
	for _, p := range a.Online() {
		online[p.User] = true
	}
	list := make([]listed, 0, len(all))
	for _, acc := range all {
		one := listed{User: acc.User, Name: acc.Name, Role: acc.Role, Disabled: acc.Disabled, Online: online[acc.User] && !acc.Disabled && !acc.Invited}
		set := a.Duty(acc.User)
		one.Away, one.Capacity = set.Away, set.Capacity
		if acc.Invited {
			one.Expires = &acc.Expires
		}
		list = append(list, one)
	}
	writeJSON(w, http.StatusOK, struct {
		Agents []listed `json:"agents"`
	}{list})
	return nil
}

func (a *api) createAgent(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		User     string        `json:"user"`
		Name     string        `json:"name"`
		Role     accounts.Role `json:"role"`
		Password string        `json:"password"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if err := a.audited(r, by, audit.AccountCreate, req.User, "role "+string(req.Role)); err != nil {
		return err
	}
	if err := a.Accounts.Create(r.Context(), accounts.New{User: req.User, Name: req.Name, Role: req.Role, Password: req.Password}); err != nil {
		return err
	}
	a.Log.Info().Str("user", req.User).Str("account_role", string(req.Role)).Str("by", by.User).Msg("account made")
	writeJSON(w, http.StatusCreated, struct {
		User string `json:"user"`
	}{req.User})
	return nil
}

// updateAgent changes what the request names. Admins who give themselves a new password
// this way give the current one and stay signed in here, as with POST /api/password.
func (a *api) updateAgent(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	var req struct {
		Name     *string        `json:"name"`
		Role     *accounts.Role `json:"role"`
		Password *string        `json:"password"`
		Old      string         `json:"old"`
		Disabled *bool          `json:"disabled"`
		// Capacity is the agent's own; null: none.
		Capacity json.RawMessage `json:"capacity"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	capacity, limited, err := readCapacity(req.Capacity)
	if err != nil {
		return err
	}
	if limited && (req.Name != nil || req.Role != nil || req.Password != nil || req.Disabled != nil) {
		// They are stored apart, so a crash in between would leave half of it.
		return refuse(codes.BadRequest, "Change the capacity in a request of its own.")
	}
	user := r.PathValue("user")
	if user == by.User && req.Password != nil {
		if req.Old == "" {
			return refuse(codes.BadPassword, "To change your own password, enter your current one too.")
		}
		if err := a.mayGuessOwn(by); err != nil {
			return err
		}
		if err := a.Accounts.CheckOwnPassword(r.Context(), by, req.Old); err != nil {
			return err
		}
	}
	if err := a.audited(r, by, audit.AccountChange, user, changesOf(req.Name != nil, req.Role, req.Password != nil, req.Disabled, limited)); err != nil {
		return err
	}
	if err := a.Accounts.Update(r.Context(), user, accounts.Patch{Name: req.Name, Role: req.Role, Password: req.Password, Disabled: req.Disabled}); err != nil {
		return err
	}
	line := a.Log.Info().Str("user", user).Str("by", by.User).Bool("password", req.Password != nil)
	if req.Role != nil {
		line.Str("account_role", string(*req.Role))
	}
	if req.Disabled != nil {
		line.Bool("disabled", *req.Disabled)
		if err := a.markOff(r.Context(), by); err != nil {
			return fmt.Errorf("the account is changed, and the teams were not told: %w", err)
		}
	}
	if limited { // the account is there
		if _, err := a.changeDuty(r, user, func(to *desk.Duty) { to.Capacity = capacity }); err != nil {
			return err
		}
		line.Int("capacity", capacity)
	}
	line.Msg("account changed")
	if user == by.User && req.Password != nil && (req.Disabled == nil || !*req.Disabled) {
		agent, err := a.Accounts.SignInKnown(r.Context(), user, *req.Password)
		if err == nil {
			return a.begin(w, r, agent, http.StatusNoContent)
		}
		// The password is changed all the same; they sign in again.
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changesOf says for the audit log what a request changes of an account.
func changesOf(name bool, role *accounts.Role, password bool, disabled *bool, capacity bool) string {
	var list []string
	if name {
		list = append(list, "name")
	}
	if role != nil {
		list = append(list, "role "+string(*role))
	}
	if password {
		list = append(list, "password")
	}
	if disabled != nil {
		list = append(list, map[bool]string{true: "disabled", false: "enabled"}[*disabled])
	}
	if capacity {
		list = append(list, "capacity")
	}
	return strings.Join(list, ", ")
}
