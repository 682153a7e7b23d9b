package gateway

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// hiddenVisitors is how many visitors in a row must come from a few addresses that
	// nobody on the internet has, each in a chat of its own, and hiddenWithin in what time.
	hiddenVisitors = 20
	hiddenWithin   = 10 * time.Minute
	// hiddenFew is how many addresses are a few: a load balancer may have several nodes.
	hiddenFew = 3
)

// carrier is the space that providers, and some clouds' load balancers, share addresses of
// (CGNAT).
var carrier = netip.MustParsePrefix("100.64.0.0/10")

// hiddenAddrs finds out that visitors' addresses are hidden: that something in front of
// the gateway, which sends no X-Forwarded-For, gives its own to all of them. Then what one
// address may do is all that the site may do. Its methods may be called concurrently; it
// remembers the last hiddenVisitors and no more.
type hiddenAddrs struct {
	mu    sync.Mutex // guards what follows
	last  []greeting // the oldest first, one for each chat; all from addresses that nobody on the internet has
	found []netip.Addr
	at    time.Time // when that was found last
}

// greeting is a visitor's hello.
type greeting struct {
	chat chat.ID
	from netip.Addr
	at   time.Time
}

// greeted takes a visitor's hello into account, and reports whether all visitors now seem
// to come from the few addresses that hidden returns.
func (h *hiddenAddrs) greeted(id chat.ID, from netip.Addr, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !internal(from) {
		h.last, h.found = h.last[:0], nil // addresses are seen
		return false
	}
	if i := slices.IndexFunc(h.last, func(g greeting) bool { return g.chat == id }); i >= 0 {
		h.last = slices.Delete(h.last, i, i+1)
	}
	if len(h.last) == hiddenVisitors {
		h.last = slices.Delete(h.last, 0, 1)
	}
	h.last = append(h.last, greeting{id, from, now})
	if len(h.last) < hiddenVisitors || now.Sub(h.last[0].at) > hiddenWithin {
		return false
	}
	var few []netip.Addr
	for _, g := range h.last {
		if !slices.Contains(few, g.from) {
			few = append(few, g.from)
		}
	}
	if len(few) > hiddenFew {
		h.found = nil
		return false
	}
	slices.SortFunc(few, netip.Addr.Compare)
	h.found, h.at = few, now
	return true
}

// hidden returns the few addresses that all visitors seemed to come from lately; nil if
// their addresses are seen, or too few came to know.
func (h *hiddenAddrs) hidden(now time.Time) []netip.Addr {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.at) > hiddenWithin {
		return nil
	}
	return h.found
}

// lookForHidden takes a visitor's hello into account and warns, once in a while, if
// visitors' addresses are hidden.
func (g *Gateway) lookForHidden(id chat.ID, from netip.Addr) {
	if g.hidden.greeted(id, from, time.Now()) {
		g.proxies.Line("hidden", g.log.Warn()).Stringer("address", from).
			Msg("all visitors seem to come from one address, or a few: they share what one address gets; set TRUSTED_PROXIES and have the proxies in it send X-Forwarded-For (X-Real-IP is not read), or have the load balancer keep the addresses")
	}
}

// internal reports whether nobody on the internet has the address.
func internal(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrier.Contains(a)
}
