package api

import (
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
)

// embedding is what the page /embed shows an admin.
type embedding struct {
	// Address is where visitors find the chat; empty if PUBLIC_URL is not set.
	Address string `json:"address,omitempty"`
	// Allowed is ALLOWED_ORIGINS as it is in effect.
	Allowed []string `json:"allowed"`
	// Site and Findings answer the query's site, if there is one.
	Site     string          `json:"site,omitempty"`
	Findings []limit.Finding `json:"findings,omitempty"`
}

// embed says how the chat gets onto a site, and what a given one lacks.
func (a *api) embed(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	e := embedding{Address: a.Site.URL(), Allowed: a.Allowed}
	if e.Allowed == nil {
		e.Allowed = []string{}
	}
	if query := r.URL.Query(); query.Has("site") {
		ours := e.Address
		if ours == "" {
			scheme := "http"
			if a.Site.Secure(r, a.Trusted) {
				scheme = "https"
			}
			ours = scheme + "://" + r.Host + a.Site.Base()
		}
		var problem string
		if e.Site, e.Findings, problem = limit.Embedding(query.Get("site"), ours, a.Allowed); problem != "" {
			return refuse(codes.BadRequest, problem)
		}
	}
	writeJSON(w, http.StatusOK, e)
	return nil
}
