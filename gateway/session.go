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
	pages   chan struct{} // holds one token while a page is being read
}

func (g *Gateway) newSession(sock *socket, addr netip.Addr) session {
	return session{
		g: g, sock: sock, addr: addr, pages: make(chan struct{}, 1),
		limiter: rate.NewLimiter(rate.Limit(g.opts.RatePerConnection), g.burst(g.opts.RatePerConnection)),
	}
}

// serve reads frames until the connection ends and gives each to handle. What
// handle returns as an error is told to the client; the connection stays up.
func (s *session) serve(ctx context.Context, handle func(context.Context, clientFrame) error) {
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
		f, err := parseFrame(data)
		if err == nil {
			s.g.metrics.frame(f.T)
			err = handle(ctx, f)
		}
		if err != nil {
			s.fail(err, f.ID, "")
		}
	}
}

// fail tells the client what went wrong.
func (s *session) fail(err error, id string, about chat.ID) {
	f := errorOf(err, id)
	f.Chat = about
	s.g.metrics.errors.WithLabelValues(f.Code).Inc()
	if f.Code == codeUnavailable && !errors.Is(err, context.Canceled) {
		s.g.log.Warn().Err(err).Msg("a frame could not be served")
	}
	s.sock.send(encode(f))
}

// allow takes one frame off the limits of the connection and of the address.
func (s *session) allow() error {
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

// page reads older events beside the session's other work, one page at a time.
func (s *session) page(ctx context.Context, f clientFrame, id chat.ID, agent bool) error {
	if err := chat.CheckClientID(f.ID); err != nil {
		return err
	}
	if f.Limit == 0 {
		f.Limit = firstPage
	}
	if f.Limit < 1 || f.Limit > maxPage {
		return refuse(codeBadFrame, "A page holds 1 to 200 events.")
	}
	select {
	case s.pages <- struct{}{}:
	default:
		return &slowDown{200 * time.Millisecond}
	}
	s.g.sessions.Go(func() {
		defer func() { <-s.pages }()
		out := pageFrame{T: "page", ID: f.ID, Events: []eventFrame{}}
		if agent {
			out.Chat = id
		}
		reply, err := bus.Call(ctx, s.g.conn, bus.HistoryPage, bus.PageRequest{Chat: id, Before: f.Before.seq, Limit: f.Limit, Notes: agent})
		if err != nil {
			s.fail(err, f.ID, out.Chat)
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
