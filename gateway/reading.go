package gateway

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// statesAtOnce bounds how many states of chats are read at once for a list.
const statesAtOnce = 16

func otherTeam() error { return frame.Refuse(codes.OtherTeam, rights.Refusal(rights.ReadAll)) }

// limited reports whether there are chats that the agent may not read.
func (s *agentSession) limited() bool { return s.who.Limited(s.g.teams.Now().Set) }

// mayRead refuses a chat of another team, where agents read only those of their own. Nothing is
// asked where that is not so.
func (s *agentSession) mayRead(state chat.State) error {
	holder := ""
	if a := state.Agent; a != nil {
		holder = a.User
	}
	if !s.who.MayRead(s.g.teams.Now().Set, state.Team(), holder) {
		return otherTeam()
	}
	return nil
}

// mayAct refuses whatever is about a chat that the agent may not read. What they watch they may:
// that was asked when it was opened. To take a chat is the queue's matter: see mayTake in the
// escalation worker.
func (s *agentSession) mayAct(ctx context.Context, kind string, id chat.ID) error {
	if !s.limited() || s.shown[id] != nil || kind == "open" || kind == "leave" || kind == "take" {
		return nil
	}
	home, err := s.g.regions.Of(id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	now, err := home.Last(ctx, id)
	if err != nil {
		return fmt.Errorf("look at chat %s: %w", id, err)
	}
	return s.mayRead(now.State)
}

// readable leaves out of a list what the agent may not read. Where that is everything, nothing
// is read for it.
func (s *agentSession) readable(ctx context.Context, all []roles.ChatSummary) ([]roles.ChatSummary, error) {
	if !s.limited() {
		return all, nil
	}
	may := make([]bool, len(all))
	var g errgroup.Group
	g.SetLimit(statesAtOnce)
	for i, c := range all {
		g.Go(func() error {
			home, err := s.g.regions.Of(c.Chat)
			if err != nil {
				return nil // it can't be reached, and can't be opened either
			}
			now, err := home.Last(ctx, c.Chat)
			may[i] = err == nil && s.mayRead(now.State) == nil
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	kept := []roles.ChatSummary{}
	for i, c := range all {
		if may[i] {
			kept = append(kept, c)
		}
	}
	return kept, nil
}
