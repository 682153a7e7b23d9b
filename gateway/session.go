package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// storeTime is how long a gateway tries to have a message stored before it tells
// the client to try again.
const storeTime = 10 * time.Second

// errStoring is what a handler returns that has begun to store something: the frame is
// answered once that is stored, or can't be.
var errStoring = errors.New("the frame is answered once it is stored")

// session is what a visitor's and an agent's connection have in common. Its
// frames are handled one after the other, which keeps them in the order in which the
// client sent them.
type session struct {
	g      *Gateway
	sock   *conn.Socket
	side   frame.Side
	limits *admission.Client
	pages  chan struct{} // holds one token while a page is being read
	// turn is locked while a frame is handled: by the reader, until it is answered. That may
	// happen in another goroutine, while the reader waits for the next frame already. What
	// the reader alone uses, it uses with the lock.
	turn sync.Mutex
	span telemetry.Span // of the frame whose turn it is
}

func (g *Gateway) newSession(sock *conn.Socket, side frame.Side, limits *admission.Client) session {
	sock.Meter(limits.Control)
	return session{g: g, sock: sock, side: side, limits: limits, pages: make(chan struct{}, 1)}
}

// serve reads frames until the connection ends and gives each to handle. The client
// is answered with the error that handle returns; the connection stays up. Its goroutine
// only waits: see conn.Socket.Await.
func (s *session) serve(ctx context.Context, handle func(context.Context, frame.In) error) {
	defer s.turn.Lock() // the last frame is answered
	s.sock.Rest()
	more := true
	deal := func() { more = s.deal(ctx, handle) }
	for more {
		s.sock.Await()
		s.g.workers.Do(deal)
	}
}

// frames are buffers for frames that are read.
var frames = sync.Pool{New: func() any { return new([]byte) }}

// deal deals with the frames that have come, and reports whether more may.
func (s *session) deal(ctx context.Context, handle func(context.Context, frame.In) error) (more bool) {
	defer s.sock.Rest()
	if s.sock.Resume() != nil {
		return false
	}
	buf := frames.Get().(*[]byte)
	defer func() {
		if cap(*buf) <= 4<<10 { // large ones are rare
			frames.Put(buf)
		}
	}()
	for s.sock.More() {
		data, err := s.sock.Read(*buf)
		if err != nil {
			if errors.Is(err, conn.ErrFrameTooBig) {
				s.g.metrics.errors.WithLabelValues(codes.TooLong).Inc()
			}
			return false
		}
		s.turn.Lock()
		if s.sock.Leaving() {
			s.turn.Unlock()
			continue // the client resends frames that were buffered before the end
		}
		if data != nil {
			*buf = data
		}
		s.limits.Next()
		if f, err := frame.Parse(data); err != nil {
			s.refuse(ctx, err, f)
			s.turn.Unlock()
		} else {
			s.traced(ctx, f, handle)
		}
	}
	return true
}

// traced gives a frame to handle, counted and within a trace.
func (s *session) traced(ctx context.Context, f frame.In, handle func(context.Context, frame.In) error) {
	s.g.metrics.frame(f.Kind)
	s.span = telemetry.Span{}
	if !f.Kind.Chatter {
		ctx, s.span = s.g.opts.Tracer.Serve(ctx, "frame", f.Kind.Name)
	}
	var err error
	if f.Kind.From&s.side != 0 {
		err = handle(ctx, f)
	} else {
		err = f.Unknown()
	}
	if !errors.Is(err, errStoring) {
		s.answered(ctx, err, f)
	}
}

// answered ends the turn of a frame that was handled, and tells the client if it was
// refused.
func (s *session) answered(ctx context.Context, err error, f frame.In) {
	if err != nil {
		s.refuse(ctx, err, f)
	}
	s.sock.AnswerDue(false)
	s.span.End(err)
	s.span = telemetry.Span{}
	s.turn.Unlock()
}

// refuse tells the client why the current frame was refused, or ends the connection
// if that happens too often.
func (s *session) refuse(ctx context.Context, err error, f frame.In) {
	no, end := s.limits.Refuse(err)
	if end {
		s.sock.Close(conn.Refused)
		return
	}
	s.answer(ctx, no, err, f)
}

// answer tells the client that a frame was refused; cause is why, for the log.
func (s *session) answer(ctx context.Context, no *frame.Refusal, cause error, f frame.In) {
	s.g.metrics.errors.WithLabelValues(no.Code).Inc()
	switch {
	case no.Shed != "":
		s.g.metrics.shed(no.Shed) // no log line: in a flood they would be a flood too
	case no.Code == codes.Unavailable && !errors.Is(cause, context.Canceled) && !isAway(cause) && s.g.conn.Ready() == nil: // else the connection reports it
		s.g.unserved.Line("frame", s.g.log.Warn()).Ctx(ctx).Err(cause).Msg("a frame could not be served")
	}
	s.sock.Send(frame.Encode(no.Answer(f.ID, s.about(f))))
}

// isAway reports whether the home of a chat can't be reached.
func isAway(err error) bool {
	_, away := errors.AsType[*bus.AwayError](err)
	return away
}

// about is the chat that a frame names; a visitor has but one, which is not named.
func (s *session) about(f frame.In) chat.ID {
	if s.side == frame.Agent {
		return chat.ID(f.Chat)
	}
	return ""
}

const (
	// maxBeforePage is how many bytes may be held for a socket that asks for a page.
	maxBeforePage = 256 << 10
	// pageAgain is when to ask again while another page is being read.
	pageAgain = 200 * time.Millisecond
)

// page reads older events beside the session's other work, one page at a time. known
// is the last sequence of the chat that the client knows of.
func (s *session) page(ctx context.Context, f frame.In, id chat.ID, known, first uint64) error {
	if s.sock.Held() > maxBeforePage {
		return admission.TooFast(time.Second)
	}
	if err := s.limits.MayRead(); err != nil {
		return err
	}
	select {
	case s.pages <- struct{}{}:
	default:
		return admission.TooFast(pageAgain)
	}
	s.g.sessions.Go(func() {
		page, err := s.readPage(ctx, f, id, known, first)
		// Before the answer: a client that has it may ask for the next page at once.
		<-s.pages
		if err != nil {
			s.answer(ctx, frame.RefusalOf(err), err, f)
			return
		}
		s.sock.Send(frame.EncodePage(page))
	})
	return nil
}

func (s *session) readPage(ctx context.Context, f frame.In, id chat.ID, known, first uint64) (frame.Page, error) {
	release, err := s.g.admission.Read(ctx, id)
	if err != nil {
		return frame.Page{}, err
	}
	defer release()
	home, err := s.g.regions.Of(id)
	if err != nil {
		return frame.Page{}, err
	}
	reply, err := roles.AskPage(ctx, home, s.side.Role(), roles.PageRequest{Chat: id, Before: f.Before.Seq, Limit: f.Limit, Known: known})
	if err != nil {
		return frame.Page{}, err
	}
	s.limits.HasRead(bytesOf(reply.Events))
	if reply.Prev < first {
		reply.Prev, reply.Events = 0, slices.DeleteFunc(reply.Events, func(e chat.Event) bool { return e.Seq < first })
	}
	return frame.PageOf(f.ID, s.about(f), reply, s.side.Role()), nil
}

// signal sends a signal, which is never stored; losing one does no harm.
func (s *session) signal(id chat.ID, sig bus.Signal) error {
	home, err := s.g.regions.Of(id)
	if err == nil {
		err = home.SendSignal(id, sig)
	}
	if err != nil {
		s.g.log.Debug().Err(err).Msg("signal not sent")
	}
	return nil
}

// bytesOf is about how much was read.
func bytesOf(events []chat.Event) (n int) {
	for _, e := range events {
		n += e.Size()
	}
	return n
}
