package api

import (
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
)

// opsRoutes are those of the operator page.
func (a *api) opsRoutes() map[string]methods {
	if a.Ops == nil {
		return nil
	}
	return map[string]methods{
		"/api/ops":                 {http.MethodGet: a.admin(a.overview)},
		"/api/ops/dead":            {http.MethodGet: a.admin(a.listDead)},
		"/api/ops/dead/{n}":        {http.MethodGet: a.admin(a.showDead), http.MethodDelete: a.admin(a.dropDead)},
		"/api/ops/dead/{n}/replay": {http.MethodPost: a.admin(a.replayDead)},
	}
}

func (a *api) overview(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	s, err := a.Ops.Look(r.Context())
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s)
	return nil
}
