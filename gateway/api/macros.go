package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
)

const macroPath = "/api/macros/{id}"

// maxMacro bounds a request with a macro: its text, as JSON may write it.
const maxMacro = 64 << 10 // bytes

// listMacros answers with what an agent may use, and what placeholders stand for.
func (a *api) listMacros(w http.ResponseWriter, _ *http.Request, agent accounts.Agent) error {
	list, err := a.Macros.For(whose(agent), a.teamsNow())
	if err != nil {
		return err
	}
	var site settings.Settings
	if a.Settings != nil {
		site = a.Settings.Settings()
	}
	writeJSON(w, http.StatusOK, struct {
		Macros []macros.Macro `json:"macros"`
		Site   string         `json:"site,omitempty"` // what the placeholder {site} stands for
		Shares bool           `json:"shares,omitempty"`
		// Tags are those that the site knows, with the name of a color each.
		Tags map[string]string `json:"tags,omitempty"`
	}{list, site.Title, sharesMacros(agent), site.Tags})
	return nil
}

// sharesMacros reports whether an agent may change the macros of all.
func sharesMacros(agent accounts.Agent) bool { return agent.Role.May(rights.Share) }

func whose(agent accounts.Agent) macros.Who {
	return macros.Who{User: agent.User, Shares: sharesMacros(agent)}
}

// putMacro stores a macro in the place of the revision that the request names, 0 for a new one.
// If it is another by now, the answer has that one.
func (a *api) putMacro(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	if !by.Role.May(rights.Annotate) { // who only reads writes nothing
		return refuse(codes.NotAllowed, rights.Refusal(rights.Annotate))
	}
	var req struct {
		Revision uint64       `json:"revision"`
		Shared   bool         `json:"shared"` // for all
		Macro    macros.Macro `json:"macro"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	req.Macro.ID, req.Macro.Owner = r.PathValue("id"), by.User
	if req.Shared {
		req.Macro.Owner = ""
	}
	m, err := macros.Check(req.Macro)
	if err == nil {
		err = macros.CheckID(m.ID)
	}
	if err == nil {
		err = a.checkTeams(r, m)
	}
	if err == nil {
		err = a.audited(r, by, audit.MacrosChange, m.ID, "put")
	}
	if err == nil {
		m, err = a.Macros.Put(r.Context(), whose(by), m, req.Revision, a.Now())
	}
	if err != nil {
		return a.failMacro(w, err)
	}
	if m.Owner == "" {
		a.Log.Info().Str("by", by.User).Str("macro", m.ID).Str("title", m.Title).Uint64("revision", m.Revision).Msg("a quick reply of the team was changed")
	}
	writeJSON(w, http.StatusOK, m)
	return nil
}

// teamsNow are the teams, as far as this process knows.
func (a *api) teamsNow() teams.Set {
	if a.Teams == nil {
		return teams.Set{}
	}
	return a.Teams.Now().Set
}

// checkTeams refuses a macro of a team that is not there, or that passes the chat on to somebody
// or a team that is not there.
func (a *api) checkTeams(r *http.Request, m macros.Macro) error {
	set := a.teamsNow()
	gone := func(team string) bool { _, ok := set.Of(team); return team != "" && !ok }
	switch {
	case gone(m.Team):
		return settings.Problems{"team": "That team was deleted."}
	case m.ToTeam != chat.NoTeam && gone(m.ToTeam):
		return settings.Problems{"to": "That team was deleted. Choose another one."}
	case m.To == "":
		return nil
	}
	acc, err := a.Accounts.Named(r.Context(), m.To)
	var no *bus.Refusal
	switch {
	case errors.As(err, &no):
		return settings.Problems{"to": no.Message}
	case err != nil:
		return err
	case acc.Disabled || acc.Invited || !acc.Role.May(rights.Answer):
		return settings.Problems{"to": acc.Name + " doesn’t answer chats."}
	}
	return nil
}

// removeMacro removes a macro, if it still is at the revision that the address names.
func (a *api) removeMacro(w http.ResponseWriter, r *http.Request, by accounts.Agent) error {
	revision, err := strconv.ParseUint(r.URL.Query().Get("revision"), 10, 64)
	if err != nil {
		return refuse(codes.BadRequest, "Say which revision is meant: ?revision= and a number.")
	}
	id := r.PathValue("id")
	if err = macros.CheckID(id); err == nil {
		err = a.audited(r, by, audit.MacrosChange, id, "removed")
	}
	if err == nil {
		var was macros.Macro
		was, err = a.Macros.Remove(r.Context(), whose(by), id, revision)
		if err == nil && was.Revision > 0 && was.Owner == "" {
			a.Log.Info().Str("by", by.User).Str("macro", id).Str("title", was.Title).Msg("a quick reply of the team was removed")
		}
	}
	if err != nil {
		return a.failMacro(w, err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// failMacro answers with what was wrong with a change of a macro.
func (a *api) failMacro(w http.ResponseWriter, err error) error {
	var wrong settings.Problems
	var conflict *macros.ConflictError
	switch {
	case errors.As(err, &wrong):
		writeJSON(w, codes.Status(codes.BadSetting), struct {
			problem
			Fields settings.Problems `json:"fields"`
		}{problem{Code: codes.BadSetting, Message: wrong.Error()}, wrong})
	case errors.As(err, &conflict):
		writeJSON(w, codes.Status(codes.Changed), struct {
			problem
			Now macros.Macro `json:"now"`
		}{problem{Code: codes.Changed, Message: "Somebody else changed this in the meantime. Nothing of yours was saved yet."}, conflict.Now})
	case errors.Is(err, macros.ErrNotYours):
		return refuse(codes.NotAllowed, rights.Refusal(rights.Share))
	default:
		return err
	}
	return nil
}
