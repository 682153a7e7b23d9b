package admission

import (
	"net"
	"net/http"
	"net/netip"
	"sync"

	"github.com/parley-chat/parley/gateway/limit"
)

// maxPending bounds the connections that are no WebSocket: those that have asked for
// nothing yet, that ask for pages, or that are being upgraded.
const maxPending = 4000

// PendingConns bounds the HTTP server's connections that are no WebSocket. The result
// is the server's ConnState. One connection too many is closed without an answer.
func (a *Admission) PendingConns() func(net.Conn, http.ConnState) {
	return newPendingConns(a.opts.TrustedProxies, maxPending, func() { a.opts.Metrics.Shed(shedHandshakes) }).state
}

type pendingConns struct {
	proxies []netip.Prefix
	direct  *limit.Seats
	proxied *limit.Seats // a proxy's connections are many people's
	refused func()

	mu sync.Mutex // guards in
	in map[net.Conn]func()
}

func newPendingConns(proxies []netip.Prefix, n int, refused func()) *pendingConns {
	return &pendingConns{proxies: proxies, direct: newSeats(n), proxied: limit.NewSeats(n, n), refused: refused, in: map[net.Conn]func(){}}
}

func (p *pendingConns) state(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		leave, ok := p.enter(c)
		if !ok {
			p.refused()
			_ = c.Close()
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.in[c] = leave
	case http.StateHijacked, http.StateClosed:
		p.mu.Lock()
		leave := p.in[c]
		delete(p.in, c)
		p.mu.Unlock()
		if leave != nil {
			leave()
		}
	}
}

func (p *pendingConns) enter(c net.Conn) (leave func(), ok bool) {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	addr := peer.Addr().Unmap()
	seats := p.direct
	if err != nil || limit.Within(p.proxies, addr) {
		seats = p.proxied
	}
	leave, why := seats.Take(addr)
	return leave, why == limit.Given
}
