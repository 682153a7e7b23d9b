package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// mention tells the colleagues whom a note mentions, before the note is acknowledged: a
// console sends again what was not, and to mention somebody again in the same note changes
// nothing. Who is nobody here, or can't sign in, is only a word.
func (s *agentSession) mention(ctx context.Context, id chat.ID, text string, stored roles.DeskReply) error {
	for _, user := range chat.Mentions(text) {
		if user == s.who.Agent().User {
			continue
		}
		acc, err := s.g.accounts.Named(ctx, user)
		if refusal, ok := errors.AsType[*bus.Refusal](err); ok && refusal.Code == codes.NotFound || err == nil && acc.Disabled {
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

// mentionsSeen hears that the agent has seen what they were mentioned in.
func (s *agentSession) mentionsSeen(ctx context.Context, f frame.In, id chat.ID) error {
	v := s.shown[id]
	if v == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	return s.g.board.MentionsSeen(ctx, s.who.Agent().User, id, min(f.Seq, v.Known()))
}
