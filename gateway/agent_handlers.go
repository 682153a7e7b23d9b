package gateway

import (
	"context"
	"net/http"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/audit"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/rights"
	"github.com/parley-chat/parley/pkg/roles"
)

// run serves the console of the agent whom the request's cookies signed in.
func (s *agentSession) run(ctx context.Context, agent accounts.Agent, cookies *http.Request) {
	who, forget := s.g.revocation.Keep(s.sock, agent)
	defer forget()
	who.Recheck(func() (accounts.Agent, error) { return s.g.accounts.Authenticate(cookies.WithContext(ctx)) })
	s.who = who
	// The list of chats that wait or are live has words of each.
	if err := s.looked(ctx, audit.LookList, "", "the desk"); err != nil {
		s.g.unserved.Line("frame", s.g.log.Warn()).Err(err).Msg("a console was refused: that it looks at the desk could not be written to the audit log")
		s.sock.Close(conn.GoingAway)
		return
	}
	leave := s.g.board.Attend(ctx, s.who, s.sock)
	defer func() {
		leave()
		s.looksAway()
		for _, v := range s.shown {
			v.Leave()
		}
		s.sock.Abort()
	}()
	s.serve(ctx, s.handle)
}

// agentHandlers has a handler for each kind of frame that agents send.
var agentHandlers = map[string]func(*agentSession, context.Context, frame.In, chat.ID) error{
	"open":     (*agentSession).open,
	"leave":    (*agentSession).leave,
	"page":     (*agentSession).olderEvents,
	"typing":   (*agentSession).typing,
	"read":     (*agentSession).read,
	"look":     (*agentSession).look,
	"chats":    (*agentSession).chats,
	"take":     calls(roles.DeskTake),
	"step_in":  calls(roles.DeskStepIn),
	"dealt":    calls(roles.DeskDealt),
	"say":      calls(roles.DeskSay),
	"note":     calls(roles.DeskNote, (*agentSession).mention),
	"card":     (*agentSession).card,
	"macro":    (*agentSession).macro,
	"draft":    (*agentSession).draft,
	"return":   calls(roles.DeskReturn),
	"transfer": calls(roles.DeskTransfer),
	"close":    calls(roles.DeskClose),

	"snooze":    (*agentSession).snooze,
	"wake":      calls(roles.DeskWake),
	"take_over": calls(roles.DeskTakeOver),
	"pass_on":   gives(roles.DeskPassOn),
	"assign":    gives(roles.DeskAssign),

	"mentions_seen": (*agentSession).mentionsSeen,

	"close_source": (*agentSession).closeSource,
}

func (s *agentSession) handle(ctx context.Context, f frame.In) error {
	if s.who.Over() {
		return nil // the console ends, and reads why
	}
	var id chat.ID
	if f.Kind.Chat {
		var err error
		if id, err = chat.ParseID(f.Chat); err != nil || s.g.regions.Foreign(id) {
			return noSuchChat()
		}
	}
	if err := s.limits.Allow(); err != nil {
		return err
	}
	if err := f.Check(); err != nil {
		return err
	}
	if !s.who.Agent().Role.May(f.Kind.May) {
		return frame.Refuse(codes.NotAllowed, rights.Refusal(f.Kind.May))
	}
	if f.Kind.Chat && s.shown[id] == nil {
		if err := s.g.mayAct(ctx, s.who, f.T, id); err != nil {
			return err
		}
	}
	return agentHandlers[f.T](s, ctx, f, id)
}
