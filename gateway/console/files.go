package console

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/frame"
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
}

// Agent returns the account that a request is signed in as, if it may do that in the chat. The
// error is a refusal otherwise.
func (f FileReaders) Agent(r *http.Request, id chat.ID, may rights.Act) (user string, err error) {
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
