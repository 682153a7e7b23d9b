package console

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/teams"
)

// lookTime bounds how long a request about a file waits for the state of its chat.
const lookTime = 10 * time.Second

// FileReaders knows which agents may have the files of a chat. Its methods may be called concurrently.
type FileReaders struct {
	Accounts *accounts.Accounts
	Teams    *teams.Site
	Regions  *bus.Regions
	// Audit is where each file that somebody reads is written down before they get it.
	Audit   audit.Log
	Trusted []netip.Prefix
}

// Agent returns the account that a request is signed in as, if it may do that in the chat. The
// error is a refusal otherwise. Whoever reads one is in the audit log then.
func (f FileReaders) Agent(r *http.Request, id chat.ID, may rights.Act) (user string, err error) {
	user, err = f.agent(r, id, may)
	if err != nil || may != rights.Read {
		return user, err
	}
	_, file, _ := strings.Cut(r.URL.Path, string(id)+"/")
	return user, f.Audit.Write(r.Context(), audit.Entry{By: user, From: limit.ClientAddr(r, f.Trusted).String(), Act: audit.LookFile, Chat: id, Of: file})
}

func (f FileReaders) agent(r *http.Request, id chat.ID, may rights.Act) (user string, err error) {
	agent, err := f.Accounts.Authenticate(r)
	if err != nil {
		return "", err
	}
	if !agent.Role.May(may) {
		return "", frame.Refuse(codes.NotAllowed, rights.Refusal(may))
	}
	set := f.Teams.Now().Set
	if !Limited(agent, set) {
		return agent.User, nil
	}
	home, err := f.Regions.Of(id)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	now, err := home.Last(ctx, id)
	if err != nil {
		return "", fmt.Errorf("look at chat %s: %w", id, err)
	}
	holder := ""
	if a := now.State.Agent; a != nil {
		holder = a.User
	}
	if !MayRead(agent, set, now.State.Team(), holder) {
		return "", frame.Refuse(codes.OtherTeam, rights.Refusal(rights.ReadAll))
	}
	return agent.User, nil
}
