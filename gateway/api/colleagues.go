package api

import (
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
)

// colleague is an account as any agent reads it.
type colleague struct {
	User string `json:"user"`
	Name string `json:"name"`
}

// colleagues lists whom an agent can mention: those who can sign in, whether or not they are
// online.
func (a *api) colleagues(w http.ResponseWriter, r *http.Request, _ accounts.Agent) error {
	all, err := a.Accounts.List(r.Context())
	if err != nil {
		return err
	}
	list := make([]colleague, 0, len(all))
	for _, acc := range all {
		if !acc.Disabled && !acc.Invited {
			list = append(list, colleague{acc.User, acc.Name})
		}
	}
	writeJSON(w, http.StatusOK, struct {
		Colleagues []colleague `json:"colleagues"`
	}{list})
	return nil
}
