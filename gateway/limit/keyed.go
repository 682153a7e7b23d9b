package limit

import (
	"net/netip"
	"strconv"
	"time"
)

// Rate is how often something may happen: Burst times at once, and again after
// each Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// DefaultKeys is how many keys a Budgets or a Keyed remembers by default: about 30 MB when
// they are all in use.
const DefaultKeys = 1 << 16

// overflowShare is how many times one key's limit all keys without room share.
const overflowShare = 16

// Keyed limits each key by itself. Its methods may be called concurrently.
//
// It is a Budgets with one bound that forgives nothing, and bounded like that: a key that
// was idle for so long that its burst is whole again is forgotten when room is needed, and
// if all are in use, those in the table keep their limits and new keys share one limit, 16
// times that of one key.
type Keyed[K comparable] struct {
	rate    Rate
	budgets *Budgets[K]
}

// NewKeyed returns a limit that remembers up to keys keys (0: DefaultKeys). now is the
// clock (nil: time.Now).
func NewKeyed[K comparable](r Rate, keys int, now func() time.Time) *Keyed[K] {
	bound := Bound{Burst: float64(r.Burst), Rate: 1 / r.Every.Seconds()}
	return &Keyed[K]{r, NewBudgets[K]([]Bound{bound}, BudgetOptions{Keys: keys, Now: now})}
}

// Allow counts one event for the key and reports whether it may happen. If not,
// nothing is counted, and wait is how long it would have to wait.
func (k *Keyed[K]) Allow(key K) (wait time.Duration, ok bool) {
	if k.rate.Burst <= 0 {
		return k.rate.Every, false // never
	}
	got := k.budgets.Take([]Level[K]{{Key: key, Scale: 1}}, Cost{1})
	return got.Wait, got.OK
}

// Len returns how many keys are remembered.
func (k *Keyed[K]) Len() int { return k.budgets.Len() }

// Addresses is a Keyed for addresses: IPv4 by itself, IPv6 by its /64.
type Addresses struct{ keyed *Keyed[netip.Addr] }

// NewAddresses is NewKeyed for addresses.
func NewAddresses(r Rate, keys int, now func() time.Time) *Addresses {
	return &Addresses{NewKeyed[netip.Addr](r, keys, now)}
}

// Allow is Keyed.Allow for an address.
func (a *Addresses) Allow(addr netip.Addr) (wait time.Duration, ok bool) {
	return a.keyed.Allow(Block(addr))
}

// RetryAfter formats a wait for the header Retry-After: whole seconds, rounded up, at
// least one.
func RetryAfter(wait time.Duration) string {
	return strconv.FormatInt(max(1, int64((wait+time.Second-1)/time.Second)), 10)
}
