package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
)

// changeMe changes whether the agent is away: on all consoles of the account, from now on.
func (a *api) changeMe(w http.ResponseWriter, r *http.Request, agent accounts.Agent) error {
	var req struct {
		Away *bool `json:"away"`
	}
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if req.Away == nil {
		return refuse(codes.BadRequest, "Say in \"away\" whether you are away.")
	}
	if _, err := a.changeDuty(r, agent.User, func(to *desk.Duty) { to.Away = *req.Away }); err != nil {
		return err
	}
	a.Log.Info().Str("user", agent.User).Bool("away", *req.Away).Msg("availability changed")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) changeDuty(r *http.Request, user string, change func(*desk.Duty)) (desk.Duty, error) {
	if a.Conn == nil {
		return desk.Duty{}, bus.ErrUnavailable
	}
	return desk.ChangeDuty(r.Context(), a.Conn, user, a.now(), change)
}

// readCapacity reads a capacity from a request: null takes the agent's own away. given is false if
// the request says nothing of it.
func readCapacity(raw json.RawMessage) (capacity int, given bool, err error) {
	switch {
	case len(raw) == 0:
		return 0, false, nil
	case string(raw) == "null":
		return 0, true, nil
	}
	if json.Unmarshal(raw, &capacity) != nil || capacity < 1 || capacity > desk.MaxCapacity {
		return 0, true, refuse(codes.BadCapacity, fmt.Sprintf("A capacity is a whole number from 1 to %d, or empty for the usual one. To get no chats, an agent sets themselves to away.", desk.MaxCapacity))
	}
	return capacity, true, nil
}
