package api

import (
	"maps"
	"net/http"

	"github.com/parley-chat/parley/pkg/audit"
)

// routes is what there is below /api/. Each either writes a line into the audit log before it does
// what it is asked, or reads nothing of a chat and changes nothing: a test goes through all of them.
func (a *api) routes() map[string]methods {
	all := map[string]methods{
		"/api/config":         {http.MethodGet: a.config},
		"/api/framed.js":      {http.MethodGet: a.framed},
		"/api/team":           {http.MethodGet: a.team},
		"/api/embed":          {http.MethodGet: a.admin(a.embed)},
		"/api/login":          {http.MethodPost: a.login},
		"/api/logout":         {http.MethodPost: a.logout},
		"/api/me":             {http.MethodGet: a.signedIn(a.me), http.MethodPut: a.signedIn(a.changeMe)},
		"/api/password":       {http.MethodPost: a.signedIn(a.password)},
		"/api/agents":         {http.MethodGet: a.admin(a.listAgents), http.MethodPost: a.admin(a.createAgent)},
		"/api/colleagues":     {http.MethodGet: a.signedIn(a.colleagues)},
		"/api/invites":        {http.MethodPost: a.admin(a.invite)},
		"/api/invites/{user}": {http.MethodPost: a.admin(a.reinvite), http.MethodDelete: a.admin(a.withdraw)},
		"/api/invite":         {http.MethodPost: a.forWhom(a.Accounts.Invited)},
		"/api/join":           {http.MethodPost: a.byLink(a.Accounts.Invited, audit.InviteUse, a.join, "joined by invite and signed in")},
		"/api/agents/{user}":  {http.MethodPut: a.admin(a.updateAgent)},

		"/api/resets/{user}":          {http.MethodPost: a.admin(a.reset)},
		"/api/reset":                  {http.MethodPost: a.forWhom(a.Accounts.Resetting)},
		"/api/renew":                  {http.MethodPost: a.byLink(a.Accounts.Resetting, audit.PasswordChange, a.renew, "password set by a link, earlier sessions ended, and signed in")},
		"/api/sessions":               {http.MethodDelete: a.signedIn(a.signOutEverywhere)},
		"/api/agents/{user}/sessions": {http.MethodDelete: a.admin(a.signOutAgent)},
	}
	if a.Settings != nil {
		all[settingsPath] = methods{http.MethodGet: a.admin(a.readSettings), http.MethodPut: a.admin(a.changeSettings)}
		all["/api/face.js"] = methods{http.MethodGet: a.faceScript}
		all["/api/face/{name}"] = methods{http.MethodGet: a.facePicture}
	}
	if a.Teams != nil {
		all["/api/teams"] = methods{http.MethodGet: a.admin(a.readTeams), http.MethodPost: a.admin(a.makeTeam), http.MethodPut: a.admin(a.askTeam)}
		all["/api/teams/{id}"] = methods{http.MethodPut: a.admin(a.changeTeam), http.MethodDelete: a.admin(a.deleteTeam)}
	}
	if a.Macros != nil {
		all["/api/macros"] = methods{http.MethodGet: a.signedIn(a.listMacros)}
		all[macroPath] = methods{http.MethodPut: a.signedIn(a.putMacro), http.MethodDelete: a.signedIn(a.removeMacro)}
	}
	if a.Audit != nil {
		all["/api/audit"] = methods{http.MethodGet: a.admin(a.readAudit)}
	}
	maps.Copy(all, a.opsRoutes())
	return all
}
