package gateway

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

var calling = backoff.Policy{Min: 100 * time.Millisecond, Max: time.Second}

// calls returns a handler that calls the escalation service. What an agent says is
// counted as the account's. What then has to be done is done before the acknowledgment: a call
// that was not acknowledged is made again.
func calls(ep bus.Endpoint[roles.DeskRequest, roles.DeskReply], then ...func(s *agentSession, ctx context.Context, id chat.ID, text string, reply roles.DeskReply) error) func(*agentSession, context.Context, frame.In, chat.ID) error {
	return func(s *agentSession, ctx context.Context, f frame.In, id chat.ID) error {
		if err := s.g.admission.Room(); err != nil {
			return err
		}
		list, err := s.g.files.Named(f.Files, id, f.Kind.Internal)
		if err != nil {
			return err
		}
		if f.Text == "" && len(list) == 0 {
			return s.call(ctx, ep, f, id, nil, nil)
		}
		giveBack, err := s.limits.MaySay(len(f.Text))
		if err != nil {
			return err
		}
		if err = s.call(ctx, ep, f, id, list, then); err != nil {
			giveBack()
		}
		return err
	}
}

// call calls the escalation service and acknowledges the frame.
func (s *agentSession) call(ctx context.Context, ep bus.Endpoint[roles.DeskRequest, roles.DeskReply], f frame.In, id chat.ID, list []chat.File, then []func(*agentSession, context.Context, chat.ID, string, roles.DeskReply) error) error {
	home, err := s.g.regions.Of(id)
	if err != nil {
		return err
	}
	return called(ctx, s, f, id, func(ctx context.Context) (roles.DeskReply, error) {
		reply, err := callPatiently(ctx, home, ep, roles.DeskRequest{Chat: id, ID: f.ID, Agent: s.who.Chat(), Role: s.who.Agent().Role, Text: f.Text, Seen: f.Seen, Files: list})
		for _, each := range then {
			if err == nil {
				err = each(s, ctx, id, f.Text, reply)
			}
		}
		return reply, err
	})
}

// called makes a call about a chat and acknowledges the frame.
func called(serving context.Context, s *agentSession, f frame.In, id chat.ID, call func(context.Context) (roles.DeskReply, error)) error {
	ctx, cancel := context.WithTimeout(serving, storeTime)
	defer cancel()
	reply, err := call(ctx)
	if err != nil {
		return err
	}
	if v := s.shown[id]; v != nil {
		v.Acknowledged(reply.Seq)
	}
	s.sock.Send(frame.EncodeAck(f.ID, reply.Seq))
	s.acted(serving)
	return nil
}

// callPatiently makes a call, which has an effect once however often it is made, until
// it is answered or the context ends.
func callPatiently[Q, A any](ctx context.Context, conn *bus.Conn, ep bus.Endpoint[Q, A], call Q) (A, error) {
	for try := 1; ; try++ {
		reply, err := bus.Call(ctx, conn, ep, call)
		if err == nil || !errors.Is(err, bus.ErrUnavailable) || calling.Wait(ctx, try) != nil {
			return reply, err
		}
	}
}
