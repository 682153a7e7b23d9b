package admission

import (
	"net/netip"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

// minRead is what a read costs at least, in bytes: looking is work even if nothing is
// found.
const minRead = 2000

// reads is what one connection has read. A read is charged afterward, by what it read: a
// frame of sixty bytes may ask for megabytes. Whoever is in debt reads nothing until the
// debt is paid. Its methods may be called concurrently.
type reads struct {
	b       *budgets
	at      []limit.Level[netip.Prefix]
	account string // an agent's: then it pays instead of the address

	mu     sync.Mutex // guards the fields below
	left   float64    // bytes
	filled time.Time
}

// open refuses while the connection, or its address or account, is in debt.
func (r *reads) open() error {
	if r.b.readsBurst == 0 {
		return nil
	}
	if wait := r.debt(); wait > 0 {
		return r.b.refuse(readsOfConnection, wait)
	}
	if r.account != "" {
		if no := r.b.accounts.Open(account(r.account), int(readBytes)); !no.OK {
			return r.b.refuse(r.b.ofAccount[no.Bound], no.Wait)
		}
		return nil
	}
	if no := r.b.addresses.Open(r.at, int(readBytes)); !no.OK {
		return r.b.refuseAddress(r.at, no)
	}
	return nil
}

// debt returns how long until the connection's debt is paid.
func (r *reads) debt() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if !r.filled.IsZero() {
		r.left = min(r.b.readsBurst, r.left+now.Sub(r.filled).Seconds()*r.b.readsRate)
	}
	r.filled = now
	return time.Duration(max(0, -r.left) / r.b.readsRate * float64(time.Second))
}

// charge takes off what was read.
func (r *reads) charge(bytes int) {
	if r.b.readsBurst == 0 {
		return
	}
	cost := limit.Cost{readBytes: float64(max(bytes, minRead))}
	r.mu.Lock()
	r.left -= cost[readBytes]
	r.mu.Unlock()
	if r.account != "" {
		r.b.accounts.Charge(account(r.account), cost)
		return
	}
	r.b.addresses.Charge(r.at, cost)
}

// account is the one level of an agent's budgets.
func account(user string) []limit.Level[string] { return []limit.Level[string]{{Key: user, Scale: 1}} }

// readsOfConnection is the row of what a connection reads.
var readsOfConnection = func() Share {
	for _, s := range Shares {
		if s.Of == OfConnection && s.kind == readBytes {
			return s
		}
	}
	return Share{}
}()

// MayRead refuses to read chats for the client while it, or its address, has read too
// much. It may be called concurrently.
func (c *Client) MayRead() error { return c.reads.open() }

// HasRead charges the client for that many bytes of chats that were read for it. It may be
// called concurrently.
func (c *Client) HasRead(bytes int) { c.reads.charge(bytes) }

// MaySay charges an agent's message or note of that many bytes to the account, or refuses
// it. The caller calls giveBack if it was not stored.
func (c *Client) MaySay(bytes int) (giveBack func(), err error) {
	b, who := c.reads.b, account(c.reads.account)
	cost := limit.Cost{messages: 1, textBytes: float64(bytes)}
	if no := b.accounts.Take(who, cost); !no.OK {
		return nil, b.refuse(b.ofAccount[no.Bound], no.Wait)
	}
	return func() { b.accounts.Return(who, cost) }, nil
}
