package limit

import (
	"math"
	"sync"
	"time"
)

// Kinds is how many kinds of things a Cost counts at most.
const Kinds = 11

// Cost is how much of each kind something takes; the caller says what a kind is.
type Cost [Kinds]float64

// Bound is one bound of a budget, for one kind: Burst at once, and Rate a second after
// that. Several bounds of one kind hold together, such as those of an hour and a day.
type Bound struct {
	Kind        int
	Burst, Rate float64
}

// usualLevels is how many levels cost no allocation.
const usualLevels = 8

// Level is a key whose budget has Scale times each bound: an address, or a network with
// many of them.
type Level[K comparable] struct {
	Key   K
	Scale float64
}

// Budgets keeps a budget for each key. What is taken is taken from several keys and
// bounds at once, or from none. Its methods may be called concurrently.
//
// The table is bounded. When room is needed, the key is forgotten whose budgets are whole
// again first, however long ago it was used: nothing is lost by it if they are whole now,
// and little if they are soon, see BudgetOptions.Forgive. So a key that used much is never
// forgotten while there is one that used little. If none can be forgotten, new keys share
// one budget for each Scale, 16 times that of one key: a flood from more keys than the
// table holds erases no debts, and the keys in the table go on.
type Budgets[K comparable] struct {
	bounds  []Bound
	max     int
	forgive time.Duration
	now     func() time.Time

	mu       sync.Mutex // guards the fields below
	entries  map[K]*account[K]
	byWhole  byWhole[K] // the same accounts
	overflow map[float64]*account[K]
}

// account is what one key has left, and what it used.
type account[K comparable] struct {
	key   K
	scale float64
	at    time.Time // when left was true
	left  []float64 // for each bound; negative after a charge beyond it
	whole int64     // when all of left is whole again, in nanoseconds; only charge changes it
	place int       // in byWhole; -1 for an account that keys share

	// used counts by hours of the clock: in the hour since, and in the one before it.
	hour      int64
	used, was Cost
}

// BudgetOptions of Budgets.
type BudgetOptions struct {
	// Keys is how many keys are remembered (0: DefaultKeys).
	Keys int
	// Forgive is how soon the budgets of a key must be whole again for it to be forgotten
	// when no other's are whole now: whoever fills the table gains no more than what comes
	// back within that time. With Always, there is always room.
	Forgive time.Duration
	// Now is the clock (nil: time.Now).
	Now func() time.Time
}

// Always is a BudgetOptions.Forgive of any length.
const Always time.Duration = math.MaxInt64

// NewBudgets returns whole budgets with these bounds; without bounds there is no limit.
func NewBudgets[K comparable](bounds []Bound, opts BudgetOptions) *Budgets[K] {
	b := &Budgets[K]{
		bounds: bounds, max: opts.Keys, forgive: opts.Forgive, now: opts.Now,
		entries: map[K]*account[K]{}, overflow: map[float64]*account[K]{},
	}
	if b.max <= 0 {
		b.max = DefaultKeys
	}
	if b.now == nil {
		b.now = time.Now
	}
	return b
}

// Taken says how an attempt to take something ended. If OK is false, nothing was taken,
// and Level and Bound are the indexes of the bound with the longest wait.
type Taken struct {
	OK           bool
	Level, Bound int
	Wait         time.Duration
}

// Take takes the cost from the budgets of all levels if each has enough. What costs more
// than a whole budget may be taken when that is whole, and leaves it in debt. The levels
// go from the narrowest to the widest.
func (b *Budgets[K]) Take(levels []Level[K], cost Cost) Taken {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	no := Taken{OK: true}
	var some [usualLevels]*account[K]
	accounts := some[:]
	if len(levels) > len(some) {
		accounts = make([]*account[K], len(levels))
	}
	accounts = accounts[:len(levels)]
	// The widest first: where a network has used up its budget, its addresses get no
	// room in the table.
	for i := len(levels) - 1; i >= 0 && no.OK; i-- {
		a := b.account(levels, i, now)
		accounts[i] = a
		for j, bound := range b.bounds {
			need := min(cost[bound.Kind], bound.Burst*a.scale)
			if cost[bound.Kind] > 0 && a.left[j] < need {
				if wait := seconds((need - a.left[j]) / (bound.Rate * a.scale)); no.OK || wait > no.Wait {
					no = Taken{Level: i, Bound: j, Wait: wait}
				}
			}
		}
	}
	if no.OK {
		for _, a := range accounts {
			b.chargeOne(a, cost, 1, now)
		}
	}
	return no
}

// Charge takes the cost whether or not it is there: for what has happened already. The
// key has to wait until its debt is paid, see Open.
func (b *Budgets[K]) Charge(levels []Level[K], cost Cost) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charge(levels, cost, 1, now)
}

// Return gives back what was taken for something that did not happen.
func (b *Budgets[K]) Return(levels []Level[K], cost Cost) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charge(levels, cost, -1, now)
}

// Open reports whether each level is free of debt of the kind. Nothing is taken.
func (b *Budgets[K]) Open(levels []Level[K], kind int) Taken {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := len(levels) - 1; i >= 0; i-- {
		a := b.account(levels, i, now)
		for j, bound := range b.bounds {
			if bound.Kind == kind && a.left[j] < 0 {
				return Taken{Level: i, Bound: j, Wait: seconds(-a.left[j] / (bound.Rate * a.scale))}
			}
		}
	}
	return Taken{OK: true}
}

// charge is called with mu held.
func (b *Budgets[K]) charge(levels []Level[K], cost Cost, sign float64, now time.Time) {
	for i := range levels {
		b.chargeOne(b.account(levels, i, now), cost, sign, now)
	}
}

// chargeOne charges an account that is up to now; with mu held.
func (b *Budgets[K]) chargeOne(a *account[K], cost Cost, sign float64, now time.Time) {
	wait := 0. // seconds until the account is whole
	for j, bound := range b.bounds {
		most := bound.Burst * a.scale
		a.left[j] = min(a.left[j]-sign*cost[bound.Kind], most)
		if missing := most - a.left[j]; missing > wait*bound.Rate*a.scale {
			wait = missing / (bound.Rate * a.scale)
		}
	}
	a.whole = now.UnixNano()
	if wait > 0 {
		a.whole += int64(seconds(wait))
	}
	b.byWhole.moved(a)
	for kind, n := range cost {
		a.used[kind] = max(0, a.used[kind]+sign*n)
	}
}

// account finds or makes the account of levels[i] and brings it up to now; room for it is
// not taken from the other levels. It is called with mu held.
func (b *Budgets[K]) account(levels []Level[K], i int, now time.Time) *account[K] {
	l := levels[i]
	if a, ok := b.entries[l.Key]; ok {
		b.refill(a, now)
		return a
	}
	if len(b.entries) >= b.max && !b.makeRoom(levels, now) {
		a := b.overflow[l.Scale]
		if a == nil {
			a = b.unused(Level[K]{Scale: overflowShare * l.Scale}, now)
			b.overflow[l.Scale] = a
		}
		b.refill(a, now)
		return a
	}
	a := b.unused(l, now)
	b.entries[l.Key] = a
	b.byWhole.add(a)
	return a
}

// unused returns an account that has all that it can have. It is in no table.
func (b *Budgets[K]) unused(l Level[K], now time.Time) *account[K] {
	a := &account[K]{
		key: l.Key, scale: l.Scale, at: now, left: make([]float64, len(b.bounds)),
		whole: now.UnixNano(), place: -1, hour: hourOf(now),
	}
	for j, bound := range b.bounds {
		a.left[j] = bound.Burst * l.Scale
	}
	return a
}

// refill brings the account up to now.
func (b *Budgets[K]) refill(a *account[K], now time.Time) {
	if passed := now.Sub(a.at).Seconds(); passed > 0 {
		a.at = now
		for j, bound := range b.bounds {
			a.left[j] = min(bound.Burst*a.scale, a.left[j]+passed*bound.Rate*a.scale)
		}
	}
	switch hour := hourOf(now); {
	case hour == a.hour+1:
		a.was, a.used, a.hour = a.used, Cost{}, hour
	case hour > a.hour:
		a.was, a.used, a.hour = Cost{}, Cost{}, hour
	}
}

// makeRoom forgets the key whose budgets are whole first, but none of keep, and a second
// one if it is whole: so the table shrinks after a flood without a sweep.
func (b *Budgets[K]) makeRoom(keep []Level[K], now time.Time) (room bool) {
	at := now.UnixNano()
	for range 2 {
		a := b.byWhole.first(0, keep)
		if a == nil || a.whole > at && (room || a.whole-at > int64(b.forgive)) {
			break
		}
		b.byWhole.remove(a)
		delete(b.entries, a.key)
		room = true
	}
	return room
}

// Used is what one key used within about the last hour.
type Used[K comparable] struct {
	Key   K
	Scale float64
	Cost  Cost
}

// Each calls f with what each key used within about the last hour: since the hour of the
// clock began, and of the hour before it the part that is not an hour ago. f must be
// quick and must not call the Budgets.
func (b *Budgets[K]) Each(f func(Used[K])) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	part := 1 - float64(now.UnixNano()-hourOf(now)*int64(time.Hour))/float64(time.Hour)
	for _, a := range b.byWhole {
		b.refill(a, now)
		u := Used[K]{Key: a.key, Scale: a.scale, Cost: a.used}
		for kind, n := range a.was {
			u.Cost[kind] += n * part
		}
		f(u)
	}
}

// Len returns how many keys are remembered.
func (b *Budgets[K]) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.entries)
}

func hourOf(t time.Time) int64 { return t.UnixNano() / int64(time.Hour) }

// seconds is a duration of so many, at least a millisecond, and bounded where a rate is
// next to nothing.
func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, .001), 1e6) * float64(time.Second))
}
