package gateway

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// statesAtOnce bounds how many states of chats are read at once for a list.
const statesAtOnce = 16

func otherTeam() error { return frame.Refuse(codes.OtherTeam, rights.Refusal(rights.ReadAll)) }

// mayRead refuses a chat of another team, where agents read only those of their own. Nothing is
// asked where that is not so.
func (g *Gateway) mayRead(who *console.SignedIn, state chat.State) error {
	holder := ""
	if a := state.Agent; a != nil {
		holder = a.User
	}
	if !who.MayRead(g.teams.Now().Set, state.Team(), holder) {
		return otherTeam()
	}
	return nil
}

// mayAct refuses whatever is about a chat that the agent may not read, and does not watch: then
// that was asked when it was opened. To take a chat is the queue's matter: see mayTake in the
// escalation worker. That one was mentioned in a chat can be dismissed whatever became of the chat.
func (g *Gateway) mayAct(ctx context.Context, who *console.SignedIn, kind string, id chat.ID) error {
	if !who.Limited(g.teams.Now().Set) || kind == "open" || kind == "leave" || kind == "take" || kind == "mentions_seen" {
		return nil
	}
	home, err := g.regions.Of(id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	now, err := home.Last(ctx, id)
	if err != nil {
		return fmt.Errorf("look at chat %s: %w", id, err)
	}
	return g.mayRead(who, now.State)
}

// readable leaves out of a list what the agent may not read. Where that is everything, nothing
// is read for it.
func (g *Gateway) readable(ctx context.Context, who *console.SignedIn, all []roles.ChatSummary) ([]roles.ChatSummary, error) {
	if !who.Limited(g.teams.Now().Set) {
		return all, nil
	}
	may := make([]bool, len(all))
	var each errgroup.Group
	each.SetLimit(statesAtOnce)
	for i, c := range all {
		each.Go(func() error {
			home, err := g.regions.Of(c.Chat)
			if err != nil {
				return nil // it can't be reached, and can't be opened either
			}
			now, err := home.Last(ctx, c.Chat)
			may[i] = err == nil && g.mayRead(who, now.State) == nil
			return err
		})
	}
	if err := each.Wait(); err != nil {
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
