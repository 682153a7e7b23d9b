package gateway

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// storeTime is how long a gateway tries to have a message stored before it tells
// the client to try again.
const storeTime = 10 * time.Second

// maxPage is how many events one page may hold.
const maxPage = 200

// session is what a visitor's and an agent's connection have in common. Its
// frames are handled one after the other by one goroutine, which keeps what a
// client sends in the order in which it was sent.
type session struct {
	g       *Gateway
	sock    *socket
	addr    netip.Addr
	limiter *rate.Limiter
	strikes *rate.Limiter
	counted bool          // the frame at hand was taken off the limits
	pages   chan struct{} // holds one token while a page is being read
}

func (g *Gateway) newSession(sock *socket, addr netip.Addr) session {
	return session{
		g: g, sock: sock, addr: addr, pages: make(chan struct{}, 1), strikes: g.newStrikes(),
		limiter: rate.NewLimiter(rate.Limit(g.opts.RatePerConnection), g.burst(g.opts.RatePerConnection)),
	}
}

// serve reads frames until the connection ends and gives each to handle. What
// handle returns as an error is told to the client; the connection stays up.
func (s *session) serve(ctx context.Context, handle func(context.Context, clientFrame) error) {
	defer s.sock.done()
	var buf []byte
	for {
		data, err := s.sock.read(buf)
		if err != nil {
			if errors.Is(err, errFrameTooBig) {
				s.g.metrics.errors.WithLabelValues(codeTooLong).Inc()
			}
			return
		}
		if s.sock.leaving() {
			continue // what was buffered before the end is sent again elsewhere
		}
		// Kept between frames only while it is small: an idle socket stays light.
		if buf = data; cap(buf) > 1<<10 {
			buf = nil
		}
		s.counted = false
		f, err := parseFrame(data)
		if err == nil {
			err = s.watched(ctx, f, handle)
		}
		if err != nil {
			s.refuse(ctx, err, f.ID, "")
		}
	}
}

// watched gives a frame to handle, counted and within a trace.
func (s *session) watched(ctx context.Context, f clientFrame, handle func(context.Context, clientFrame) error) (err error) {
	ctx, span := s.g.traced(ctx, s.g.metrics.frame(f.T))
	defer func() { span.End(err) }()
	return handle(ctx, f)
}

// refuse tells the client why the frame at hand was refused. It counts like one
// that was served, so that nothing is answered for free.
func (s *session) refuse(ctx context.Context, err error, id string, about chat.ID) {
	// What waits for the frame before it costs that one's place nothing.
	var slow *slowDown
	if !s.counted && !errors.As(err, &slow) {
		if limited := s.allow(); limited != nil {
			err = limited
		}
	}
	if !s.strike(strikesOf(err)) {
		s.fail(ctx, err, id, about)
	}
}

// fail tells the client what went wrong.
func (s *session) fail(ctx context.Context, err error, id string, about chat.ID) {
	f := errorOf(err, id)
	f.Chat = about
	s.g.metrics.errors.WithLabelValues(f.Code).Inc()
	var busy *busyError
	switch {
	case errors.As(err, &busy):
		s.g.metrics.turned(busy.why) // in a flood a line each would be another one
	case f.Code == codeUnavailable && !errors.Is(err, context.Canceled) && s.g.conn.Ready() == nil: // else the connection tells of it
		s.g.unserved.Line("frame", s.g.log.Warn()).Ctx(ctx).Err(err).Msg("a frame could not be served")
	}
	s.sock.send(encode(f))
}

// allow takes one frame off the limits of the connection and of the address.
func (s *session) allow() error {
	s.counted = true
	r := s.limiter.Reserve()
	if wait := r.Delay(); wait > 0 {
		r.Cancel()
		return &slowDown{wait}
	}
	if wait, ok := s.g.addresses.Allow(s.addr); !ok {
		return &slowDown{wait}
	}
	return nil
}

// unknown refuses a kind of frame that the protocol does not know.
func unknown(f clientFrame) error {
	return refuse(codeBadFrame, "The kind of frame \""+clip(f.T, 20)+"\" is not known.")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// maxBeforePage is how many bytes may wait for a socket that asks for a page.
const maxBeforePage = 256 << 10

// about names a chat to an agent; a visitor has but one.
func about(id chat.ID, agent bool) chat.ID {
	if agent {
		return id
	}
	return ""
}

// page reads older events beside the session's other work, one page at a time. known
// is the last sequence of the chat that the client knows of.
func (s *session) page(ctx context.Context, f clientFrame, id chat.ID, known uint64, agent bool) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	if f.Limit == 0 {
		f.Limit = firstPage
	}
	if f.Limit < 1 || f.Limit > maxPage {
		return refuse(codeBadFrame, "A page holds 1 to 200 events.")
	}
	if s.sock.held.Load() > maxBeforePage {
		return &slowDown{time.Second}
	}
	select {
	case s.pages <- struct{}{}:
	default:
		return &slowDown{200 * time.Millisecond}
	}
	s.g.sessions.Go(func() {
		defer func() { <-s.pages }()
		release, err := s.g.reads.take(ctx)
		if err != nil {
			s.fail(ctx, err, f.ID, about(id, agent))
			return
		}
		defer release()
		out := pageFrame{T: "page", ID: f.ID, Chat: about(id, agent), Events: []eventFrame{}}
		reply, err := bus.Ask(ctx, s.g.conn, bus.HistoryPages(agent), bus.PageRequest{Chat: id, Before: f.Before.seq, Limit: f.Limit, Notes: agent, Known: known})
		if err != nil {
			s.fail(ctx, err, f.ID, out.Chat)
			return
		}
		prev := reply.Prev
		for _, e := range reply.Events {
			ef := frameOf(e, prev, agent)
			ef.T, ef.Chat = "", ""
			out.Events, prev = append(out.Events, ef), e.Seq
		}
		out.More = reply.Prev > 0
		s.sock.send(encode(out))
	})
	return nil
}
