package gateway

import (
	"context"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/codes"
)

func (s *visitorSession) run(ctx context.Context) {
	defer func() {
		if s.shown != nil {
			s.shown.Leave()
			s.went()
		}
		s.limits.Leave()
		s.sock.Abort()
	}()
	s.serve(ctx, s.handle)
}

// visitorHandlers has a handler for each kind of frame that visitors send.
var visitorHandlers = map[string]func(*visitorSession, context.Context, frame.In) error{
	"hello":    (*visitorSession).hello,
	"forget":   (*visitorSession).forget,
	"send":     (*visitorSession).send,
	"escalate": (*visitorSession).request,
	"cancel":   (*visitorSession).request,
	"close":    (*visitorSession).request,
	"rate":     (*visitorSession).request,

	"leave_email": (*visitorSession).request,
	"name":        (*visitorSession).giveName,

	"page":   (*visitorSession).olderEvents,
	"typing": (*visitorSession).typing,
	"read":   (*visitorSession).read,
	"about":  (*visitorSession).says,
	"grant":  (*visitorSession).grant,
}

func (s *visitorSession) handle(ctx context.Context, f frame.In) error {
	if s.shown == nil && f.T != "hello" {
		return frame.Refuse(codes.HelloFirst, "Say hello first.")
	}
	if err := f.Check(); err != nil {
		return err
	}
	return visitorHandlers[f.T](s, ctx, f)
}
