package gateway

import (
	"context"
	"time"

	"github.com/parley-chat/parley/gateway/drafts"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

// draft keeps what the agent has typed in a chat that this console shows, or says what is kept,
// if the frame has none. It is the agent's own: no frame can name another's.
func (s *agentSession) draft(ctx context.Context, f frame.In, id chat.ID) error {
	if s.shown[id] == nil {
		return frame.Refuse(codes.NotFound, "Open the chat before you write in it.")
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	keeper, user := s.g.kept.of(id).drafts, s.who.Chat().User
	answer := frame.Draft{T: "draft", ID: f.ID, Chat: id}
	var now drafts.Draft
	var err error
	if f.Draft == nil {
		now, answer.Edition, err = keeper.Of(ctx, id, user)
	} else if err = s.g.admission.Room(); err == nil {
		now, answer.Edition, answer.Other, err = keeper.Put(ctx, id, user, drafts.Draft{Text: f.Draft.Text, Internal: f.Draft.Internal, At: time.Now()}, f.Draft.Edition)
	}
	if err != nil {
		return err
	}
	if f.Draft != nil && !answer.Other {
		_ = s.signal(id, bus.Signal{What: bus.Drafted, Seq: answer.Edition, From: chat.Speaker{Role: chat.RoleAgent, User: user}})
	}
	answer.Text, answer.Internal, answer.At = now.Text, now.Internal, now.At
	s.sock.Send(frame.Encode(answer))
	return nil
}
