package gateway

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

const (
	// maxStrangers bounds the connections that are no WebSocket: those that have
	// asked for nothing yet, that ask for pages, or that are being upgraded.
	maxStrangers = 4000
	// addressShare is the part of all seats that one address gets.
	addressShare = 4
	// maxConsoles bounds the agents' consoles. They have seats of their own: who
	// is to help is not kept out by those who seek help.
	maxConsoles = 2000
	// comeAgain is when who found no seat is told to come again.
	comeAgain = 3 * time.Second
)

// newSeats returns seats of which one address gets a share.
func newSeats(n int) *limit.Seats { return limit.NewSeats(n, max(1, n/addressShare)) }

// seat gives a request a seat, or answers it with why there is none.
func (g *Gateway) seat(w http.ResponseWriter, r *http.Request, seats *limit.Seats) (leave func(), ok bool) {
	leave, why := seats.Take(limit.ClientAddr(r, g.opts.TrustedProxies))
	switch why {
	case limit.AddressFull:
		g.metrics.turned("address")
		w.Header().Set("Retry-After", limit.RetryAfter(spread(comeAgain)))
		refuseHTTP(w, http.StatusTooManyRequests, codeRateLimited, "There are too many connections from your address. Close one, or try again later.")
		return nil, false
	case limit.AllFull:
		g.metrics.turned("connections")
		w.Header().Set("Retry-After", limit.RetryAfter(spread(comeAgain)))
		refuseHTTP(w, http.StatusServiceUnavailable, codeUnavailable, "Too many visitors are here right now. It is tried again in a moment.")
		return nil, false
	}
	return leave, true
}

// strangers bounds the connections of the HTTP server that are no WebSocket. One
// too many is closed without an answer.
type strangers struct {
	proxies []netip.Prefix
	direct  *limit.Seats
	proxied *limit.Seats // a proxy's connections are many people's
	refused func()

	mu sync.Mutex // guards what follows
	in map[net.Conn]func()
}

func newStrangers(proxies []netip.Prefix, n int, refused func()) *strangers {
	return &strangers{proxies: proxies, direct: newSeats(n), proxied: limit.NewSeats(n, n), refused: refused, in: map[net.Conn]func(){}}
}

// state is the HTTP server's ConnState.
func (s *strangers) state(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		leave, ok := s.enter(c)
		if !ok {
			s.refused()
			_ = c.Close()
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.in[c] = leave
	case http.StateHijacked, http.StateClosed:
		s.mu.Lock()
		leave := s.in[c]
		delete(s.in, c)
		s.mu.Unlock()
		if leave != nil {
			leave()
		}
	}
}

func (s *strangers) enter(c net.Conn) (leave func(), ok bool) {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	addr := peer.Addr().Unmap()
	seats := s.direct
	if err != nil || limit.Within(s.proxies, addr) {
		seats = s.proxied
	}
	leave, why := seats.Take(addr)
	return leave, why == limit.Given
}
