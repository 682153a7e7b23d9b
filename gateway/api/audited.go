package api

import (
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
)

// audited writes down what an agent is about to do or to read. With an error it must not be done:
// what can't be written down is refused. The line is there before the act: one that is refused
// after all, since somebody else was quicker, has a line, too.
func (a *api) audited(r *http.Request, by accounts.Agent, act audit.Act, of, detail string) error {
	return a.auditedAs(r, by.User, act, of, detail)
}

func (a *api) auditedAs(r *http.Request, by string, act audit.Act, of, detail string) error {
	if a.Audit == nil {
		return nil
	}
	return a.Audit.Write(r.Context(), audit.Entry{By: by, From: limit.ClientAddr(r, a.Trusted).String(), Act: act, Of: of, Detail: detail})
}
