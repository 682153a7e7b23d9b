package api

import (
	"context"
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
)

// linkRequest is what the page of a link sends: of an invite, or for a new password. The token is
// in the body of a POST, since an address would be logged.
type linkRequest struct {
	Token    string `json:"token"`
	Name     string `json:"name"` // of an invite
	Password string `json:"password"`
}

func (a *api) readLink(r *http.Request) (req linkRequest, err error) {
	if wait, ok := a.joiners.Allow(limit.ClientAddr(r, a.Trusted)); !ok {
		return linkRequest{}, tooSoonFor(wait, admission.TooManyInvites)
	}
	err = readJSON(r, &req)
	return req, err
}

// forWhom returns the handler that says whom a link is for, which find finds by its token.
func (a *api) forWhom(find func(ctx context.Context, token string) (accounts.Account, error)) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		req, err := a.readLink(r)
		if err != nil {
			return err
		}
		acc, err := find(r.Context(), req.Token)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, me{User: acc.User, Name: acc.Name, Role: acc.Role})
		return nil
	}
}

// byLink returns the handler that uses a link up, which use does, and signs the browser in.
func (a *api) byLink(find func(context.Context, string) (accounts.Account, error), act audit.Act, use func(context.Context, linkRequest) (accounts.Agent, error), done string) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := a.keepsCookies(r); err != nil {
			return err
		}
		req, err := a.readLink(r)
		if err != nil {
			return err
		}
		acc, err := find(r.Context(), req.Token)
		if err != nil {
			return err
		}
		if err := a.auditedAs(r, acc.User, act, acc.User, ""); err != nil {
			return err
		}
		agent, err := use(r.Context(), req)
		if err != nil {
			return err
		}
		a.Metrics.SignIn(SignInOK)
		a.Log.Info().Str("user", agent.User).Str("addr", limit.ClientAddr(r, a.Trusted).String()).Msg(done)
		return a.begin(w, r, agent, http.StatusOK)
	}
}

// join sets name and password of an account by its invite.
func (a *api) join(ctx context.Context, req linkRequest) (accounts.Agent, error) {
	return a.Accounts.Join(ctx, req.Token, req.Name, req.Password)
}

// renew sets the password of an account by its link.
func (a *api) renew(ctx context.Context, req linkRequest) (accounts.Agent, error) {
	return a.Accounts.Reset(ctx, req.Token, req.Password)
}
