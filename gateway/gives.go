package gateway

import (
	"context"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// gives returns a handler that calls the escalation service to give a chat to somebody. Here
// it is known who has an account and what the account may; whether somebody is there and has
// room is decided where the chat is changed.
func gives(ep bus.Endpoint[roles.DeskRequest, roles.DeskReply]) func(*agentSession, context.Context, frame.In, chat.ID) error {
	return func(s *agentSession, ctx context.Context, f frame.In, id chat.ID) error {
		if err := s.g.admission.Room(); err != nil {
			return err
		}
		home, err := s.g.regions.Of(id)
		if err != nil {
			return err
		}
		var to chat.Agent
		if f.Team == "" || f.To != "" {
			if to, err = s.receiver(ctx, f.To); err != nil {
				return err
			}
			f.Team = ""
		}
		giveBack, err := s.limits.MaySay(len(f.Text))
		if err != nil {
			return err
		}
		err = called(ctx, s, f, id, func(ctx context.Context) (roles.DeskReply, error) {
			reply, err := callPatiently(ctx, home, ep, roles.DeskRequest{Chat: id, ID: f.ID, Agent: s.who.Chat(), Role: s.who.Agent().Role, To: to, Team: f.Team, Text: f.Text})
			if err == nil { // the note that goes along mentions colleagues like any other
				err = s.mention(ctx, id, f.Text, reply)
			}
			return reply, err
		})
		if err != nil {
			giveBack()
		}
		return err
	}
}

// receiver returns the agent of an account who may have chats.
func (s *agentSession) receiver(ctx context.Context, user string) (chat.Agent, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	acc, err := s.g.accounts.Named(ctx, user)
	switch {
	case err != nil:
		return chat.Agent{}, err
	case acc.Disabled || acc.Invited || !acc.Role.May(rights.Answer):
		return chat.Agent{}, frame.Refuse(codes.NotAvailable, acc.Name+" doesn’t answer chats.")
	}
	return agentOf(acc), nil
}

func agentOf(acc accounts.Account) chat.Agent { return chat.Agent{User: acc.User, Name: acc.Name} }
