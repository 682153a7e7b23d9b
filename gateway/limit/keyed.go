package limit

import (
	"container/list"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may happen: Burst times at once, and again after
// each Every.
type Rate struct {
	Every time.Duration
	Burst int
}

// DefaultKeys is how many keys a Keyed remembers by default: about 10 MB when they are
// all in use.
const DefaultKeys = 1 << 16

// overflowShare is how many times one key's limit all keys without room share.
const overflowShare = 16

// Keyed limits each key by itself. Its methods may be called concurrently.
//
// The table is bounded. A key that was idle for so long that its bucket is full
// again is forgotten when room is needed: nothing is lost by it. If all are in use (a
// flood from more addresses than the table holds), those in the table keep their limits,
// and new keys share one limit, 16 times that of one key. So memory stays bounded, a
// flood can't erase limits, and active clients go on.
type Keyed[K comparable] struct {
	rate Rate
	max  int
	now  func() time.Time

	mu       sync.Mutex // guards the fields below
	entries  map[K]*list.Element
	recent   *list.List // of *entry[K], the last used in front
	overflow *rate.Limiter
}

type entry[K comparable] struct {
	key     K
	limiter *rate.Limiter
}

// NewKeyed returns a limit that remembers up to keys keys (0: DefaultKeys). now is the
// clock (nil: time.Now).
func NewKeyed[K comparable](r Rate, keys int, now func() time.Time) *Keyed[K] {
	if keys <= 0 {
		keys = DefaultKeys
	}
	if now == nil {
		now = time.Now
	}
	return &Keyed[K]{
		rate: r, max: keys, now: now,
		entries: map[K]*list.Element{}, recent: list.New(),
		overflow: rate.NewLimiter(overflowShare*rate.Every(r.Every), overflowShare*r.Burst),
	}
}

// Allow counts one event for the key and reports whether it may happen. If not,
// nothing is counted, and wait is how long it would have to wait.
func (k *Keyed[K]) Allow(key K) (wait time.Duration, ok bool) {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	res := k.limiter(key, now).ReserveN(now, 1)
	if !res.OK() {
		return k.rate.Every, false // a burst of 0: never
	}
	if wait := res.DelayFrom(now); wait > 0 {
		res.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// limiter finds or makes the key's bucket. It is called with mu held.
func (k *Keyed[K]) limiter(key K, now time.Time) *rate.Limiter {
	if e, ok := k.entries[key]; ok {
		k.recent.MoveToFront(e)
		return e.Value.(*entry[K]).limiter
	}
	if len(k.entries) >= k.max && !k.forgetIdle(now) {
		return k.overflow
	}
	l := rate.NewLimiter(rate.Every(k.rate.Every), k.rate.Burst)
	k.entries[key] = k.recent.PushFront(&entry[K]{key, l})
	return l
}

// forgetIdle makes room by forgetting keys whose buckets are full again: at most two of
// those used longest ago, so that the table shrinks after a flood without a sweep.
func (k *Keyed[K]) forgetIdle(now time.Time) (room bool) {
	for range 2 {
		last := k.recent.Back()
		if last == nil || last.Value.(*entry[K]).limiter.TokensAt(now) < float64(k.rate.Burst) {
			break
		}
		delete(k.entries, k.recent.Remove(last).(*entry[K]).key)
		room = true
	}
	return room
}

// Len returns how many keys are remembered.
func (k *Keyed[K]) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.entries)
}

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
