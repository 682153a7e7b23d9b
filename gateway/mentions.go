package gateway

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// mention tells the colleagues whom a note mentions, before the note is acknowledged: a
// console sends again what was not, and to mention somebody again in the same note changes
// nothing. Who is nobody here, can't sign in, or may not read the chat, is only a word.
func (s *agentSession) mention(ctx context.Context, id chat.ID, text string, stored roles.DeskReply) error {
	users := chat.Mentions(text)
	if len(users) == 0 {
		return nil
	}
	mayRead, err := s.g.readersOf(ctx, id)
	if err != nil {
		return err
	}
	for _, user := range users {
		if user == s.who.Agent().User {
			continue
		}
		acc, err := s.g.accounts.Named(ctx, user)
		if refusal, ok := errors.AsType[*bus.Refusal](err); ok && refusal.Code == codes.NotFound || err == nil && (acc.Disabled || !mayRead(acc)) {
			continue
		}
		if err == nil {
			err = s.g.board.Mention(ctx, acc.User, frame.Mention{Chat: id, Seq: stored.Seq, By: s.who.Agent().User, At: time.Now().UTC().Truncate(time.Second)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readersOf returns the function that says which accounts may read a chat: see mayRead. Nothing is
// asked where all may.
func (g *Gateway) readersOf(ctx context.Context, id chat.ID) (func(accounts.Account) bool, error) {
	set := g.teams.Now().Set
	if !set.Own {
		return func(accounts.Account) bool { return true }, nil
	}
	home, err := g.regions.Of(id)
	if err != nil {
		return nil, err
	}
	now, err := home.Last(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("look at chat %s: %w", id, err)
	}
	return func(acc accounts.Account) bool {
		has := now.State.Agent != nil && now.State.Agent.User == acc.User
		return has || acc.Role.May(rights.ReadAll) || set.MayRead(now.State.Team(), acc.User)
	}, nil
}

// mentionsSeen hears that the agent has seen what they were mentioned in, or dismisses it: a chat
// that they may no longer read, or that is gone, can't be opened any more.
func (s *agentSession) mentionsSeen(ctx context.Context, f frame.In, id chat.ID) error {
	seen := f.Seq
	if v := s.shown[id]; v != nil {
		seen = min(seen, v.Known())
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return s.g.board.MentionsSeen(ctx, s.who.Agent().User, id, seen)
}
