package admission

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

// maxPending bounds the connections that are not WebSockets: those that have asked for
// nothing yet, that ask for pages, or that are being upgraded.
const maxPending = 4000

const (
	// youngConn is how long a new connection has until it counts as idle.
	youngConn = 2 * time.Second
	// busyConn is how long a request may take that nobody else gets the connection of:
	// one whose header comes a byte at a time takes longer.
	busyConn = 5 * time.Second
	// idleConn is how long a connection may be without a request while most are taken,
	// slowConn how long a request may take then.
	idleConn = 5 * time.Second
	slowConn = 30 * time.Second
	// idleProxied is how long a proxy's connection must have been idle to be closed for
	// another: the proxy may just be sending a request.
	idleProxied = 5 * time.Second
)

// PendingConns bounds an HTTP server's connections that are not WebSockets: those of a
// gateway, and all of a server of pages. The result is the server's ConnState. When there
// are too many, one that is idle is closed for each that comes; if there is none, the one
// that comes is closed without an answer. shed counts each of them, and is called
// concurrently; its reasons are "idle" and "handshakes".
func PendingConns(proxies []netip.Prefix, shed func(reason string)) func(net.Conn, http.ConnState) {
	return newPendingConns(proxies, maxPending, shed, nil).state
}

type pendingConns struct {
	proxies []netip.Prefix
	direct  *limit.Seats
	proxied *limit.Seats // a proxy's connections are many people's
	shed    func(reason string)

	mu sync.Mutex // guards in
	in map[net.Conn]*limit.Seat
}

// newPendingConns returns room for n connections. now is the clock (nil: time.Now).
func newPendingConns(proxies []netip.Prefix, n int, shed func(reason string), now func() time.Time) *pendingConns {
	direct := limit.SeatOptions{Seats: n, PerAddress: max(1, n/addressShare), Fair: max(1, n/fairShare), Busy: busyConn, Now: now}
	direct.Young[limit.Silent] = youngConn
	direct.Crowded[limit.Silent], direct.Crowded[limit.Here], direct.Crowded[limit.Worked] = idleConn, idleConn, slowConn
	// Of a proxy only what is idle is closed: behind the others there is somebody who
	// waits, and of whom nothing is known here.
	proxied := limit.SeatOptions{Seats: n, PerAddress: n, Busy: time.Hour, Now: now}
	return &pendingConns{proxies: proxies, direct: limit.NewSeatsOf(direct), proxied: limit.NewSeatsOf(proxied), shed: shed, in: map[net.Conn]*limit.Seat{}}
}

func (p *pendingConns) state(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		p.enter(c)
	case http.StateActive: // the first byte of a request was read
		p.acts(c, limit.Worked)
	case http.StateIdle: // a request was answered
		p.acts(c, limit.Here)
	case http.StateHijacked, http.StateClosed:
		p.mu.Lock()
		seat := p.in[c]
		delete(p.in, c)
		p.mu.Unlock()
		if seat != nil {
			seat.Leave()
		}
	}
}

func (p *pendingConns) enter(c net.Conn) {
	peer, err := netip.ParseAddrPort(c.RemoteAddr().String())
	addr := peer.Addr().Unmap()
	seats, proxied := p.direct, false
	if err != nil || limit.Within(p.proxies, addr) {
		seats, proxied = p.proxied, true
	}
	seat, why := seats.Take(addr)
	if why != limit.Given {
		p.shed(shedHandshakes)
		_ = c.Close()
		return
	}
	var keep func() bool
	if proxied {
		keep = func() bool { return seat.Idle() < idleProxied }
	}
	seat.Yields(func() {
		p.shed(shedIdle)
		_ = c.Close()
	}, keep)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in[c] = seat
}

func (p *pendingConns) acts(c net.Conn, stage limit.Stage) {
	p.mu.Lock()
	seat := p.in[c]
	p.mu.Unlock()
	if seat != nil {
		seat.Acts(stage)
	}
}
