package limit

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Stage is how far a client has come since it took its seat.
type Stage int

// The stages. The owner of the seats decides what each means.
const (
	Silent Stage = iota // it has done nothing yet
	Here                // it did what everybody does who comes, such as saying hello
	Worked              // it did what the seats are for, such as writing
	stages
)

// SeatOptions are the bounds of Seats.
type SeatOptions struct {
	// Seats is how many there are, PerAddress how many of them one address (IPv6: one
	// /64 network) gets at most.
	Seats, PerAddress int
	// Fair is how many seats of one address are safe while their clients are Busy, and
	// with how many it may still push out others; 0: all. The networks above an address
	// have a multiple of it.
	Fair int
	// Young is, by stage, how long after its last act a client's seat is the last to be
	// taken away.
	Young [stages]time.Duration
	// Busy is how long after its last act at stage Worked a client is busy: its seat is
	// taken away by nobody.
	Busy time.Duration
	// Crowded is, by stage, how long a client may be idle while more than three quarters
	// of the seats are taken (0: as it likes). Beyond it the seat is taken away when the
	// next client comes, at most a second late.
	Crowded [stages]time.Duration
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
}

// Seats bounds how many clients are connected at once, in all and from one address. When
// all seats are taken, a newcomer gets the seat of an idle client, so that nobody can keep
// others out by doing nothing: see choose for whose. Its methods may be called
// concurrently. It remembers no more addresses than there are seats.
type Seats struct {
	opts SeatOptions

	mu      sync.Mutex // guards the fields below, and those of each Seat
	taken   []*Seat
	counts  counts
	chosen  choice
	own     map[netip.Addr]*choice // the same, of one address only
	sweptAt time.Time
}

// Seat is one client's. Its methods may be called concurrently.
type Seat struct {
	seats *Seats
	at    int // in taken; -1: not there any more
	addr  netip.Addr
	keep  func() bool
	evict func() // nil: can't be taken away
	gone  bool   // it was taken away

	// Not guarded, so that a client that acts waits for nobody.
	stage atomic.Int32 // a Stage
	last  atomic.Int64 // its last act, in nanoseconds
}

// NewSeats returns seats that are all free. One address gets perAddress of them at most.
// Nobody loses a seat to somebody else before Seat.Yields.
func NewSeats(seats, perAddress int) *Seats {
	return NewSeatsOf(SeatOptions{Seats: seats, PerAddress: perAddress})
}

// NewSeatsOf returns seats that are all free.
func NewSeatsOf(opts SeatOptions) *Seats {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Fair <= 0 {
		opts.Fair = opts.Seats
	}
	return &Seats{opts: opts, counts: counts{}, own: map[netip.Addr]*choice{}}
}

// Why says why a seat is not given.
type Why int

// A seat is given, or there is none left for this address, or none for anybody.
const (
	Given Why = iota
	AddressFull
	AllFull
)

const (
	// chooseAgain is how long a choice of victims holds, unless it is used up before.
	chooseAgain = time.Second
	// chooseNone is how long it holds if there is no victim: looking for one costs time.
	chooseNone = 100 * time.Millisecond
	// maxOwn is how many victims of one address are chosen at once, maxChoices of how
	// many addresses they are remembered.
	maxOwn     = 64
	maxChoices = 256
)

// Take takes a seat. If none is free, an idle client loses its own.
func (s *Seats) Take(addr netip.Addr) (seat *Seat, why Why) {
	addr = Block(addr)
	seat, evict, why := s.take(addr)
	for _, f := range evict {
		f()
	}
	return seat, why
}

func (s *Seats) take(addr netip.Addr) (seat *Seat, evict []func(), why Why) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	evict = s.sweep(now)
	switch {
	case s.counts.block(addr) >= s.opts.PerAddress:
		victim := s.nextOwn(addr, now)
		if victim == nil {
			return nil, evict, AddressFull
		}
		evict = append(evict, s.away(victim))
	case len(s.taken) >= s.opts.Seats:
		victim := s.next(addr, now)
		if victim == nil {
			return nil, evict, AllFull
		}
		evict = append(evict, s.away(victim))
	}
	seat = &Seat{seats: s, at: len(s.taken), addr: addr}
	seat.last.Store(now.UnixNano())
	s.taken = append(s.taken, seat)
	s.counts.add(addr, 1)
	return seat, evict, Given
}

// away takes a seat away and returns what ends its client. It is called with mu held.
func (s *Seats) away(seat *Seat) (evict func()) {
	s.remove(seat)
	seat.gone = true
	return seat.evict
}

func (s *Seats) remove(seat *Seat) {
	last := s.taken[len(s.taken)-1]
	s.taken[seat.at], last.at = last, seat.at
	s.taken = s.taken[:len(s.taken)-1]
	seat.at = -1
	s.counts.add(seat.addr, -1)
}

// sweep takes away the seats of those who are idle for too long while it is crowded. It
// is called with mu held.
func (s *Seats) sweep(now time.Time) (evict []func()) {
	if s.opts.Crowded == [stages]time.Duration{} || !s.crowded() || now.Sub(s.sweptAt) < time.Second {
		return nil
	}
	s.sweptAt = now
	for i := len(s.taken) - 1; i >= 0; i-- { // remove moves only those already seen
		seat := s.taken[i]
		limit := s.opts.Crowded[seat.stage.Load()]
		if limit > 0 && seat.idle(now) > limit && seat.evict != nil && !seat.kept() {
			evict = append(evict, s.away(seat))
		}
	}
	return evict
}

// next returns whose seat goes to a newcomer of that address, or nil. It is called with
// mu held.
func (s *Seats) next(addr netip.Addr, now time.Time) *Seat {
	victim := s.first(&s.chosen, now, max(16, s.opts.Seats/64), func() []*Seat { return s.taken })
	if victim != nil && !s.mayPush(addr, victim) {
		return s.nextOwn(addr, now)
	}
	return victim
}

// nextOwn is next among the seats of the newcomer's own address.
func (s *Seats) nextOwn(addr netip.Addr, now time.Time) *Seat {
	own := s.own[addr]
	if own == nil {
		if len(s.own) >= maxChoices {
			clear(s.own)
		}
		own = &choice{}
		s.own[addr] = own
	}
	return s.first(own, now, maxOwn, func() (own []*Seat) {
		for _, seat := range s.taken {
			if seat.addr == addr {
				own = append(own, seat)
			}
		}
		return own
	})
}

// choice is who goes next, the first first, as it was judged at a time.
type choice struct {
	victims []victim
	at      time.Time
	none    bool // there was nobody
}

// victim is a seat, and what was known of it when it was chosen.
type victim struct {
	seat *Seat
	last int64
	kept bool
}

// still reports whether nothing has happened since that would make it stay.
func (v victim) still() bool {
	return v.seat.at >= 0 && v.seat.last.Load() == v.last && (v.kept || !v.seat.kept())
}

// first returns the first of a choice who may still go, or nil. It chooses again, n of
// those that from returns, if the choice is old or used up.
func (s *Seats) first(c *choice, now time.Time, n int, from func() []*Seat) *Seat {
	age := now.Sub(c.at)
	if age >= chooseAgain {
		c.victims = nil
	}
	for fresh := false; ; fresh = true {
		for ; len(c.victims) > 0; c.victims = c.victims[1:] {
			if v := c.victims[0]; v.still() {
				return v.seat
			}
		}
		if fresh || c.none && age < chooseNone {
			return nil
		}
		c.victims, c.at = s.choose(from(), n, now), now
		c.none = len(c.victims) == 0
	}
}

// mayPush reports whether somebody of that address may push the other out: of a network
// with more than its fair share only its own, or those of one like it.
func (s *Seats) mayPush(addr netip.Addr, victim *Seat) bool {
	if s.counts.load(addr) < float64(s.opts.Fair) {
		return true
	}
	return s.counts.load(victim.addr) >= float64(s.opts.Fair)
}

// busy reports whether the seat's client does what the seats are for.
func (s *Seats) busy(seat *Seat, now time.Time) bool {
	return Stage(seat.stage.Load()) == Worked && seat.idle(now) < s.opts.Busy || seat.kept()
}

func (s *Seats) crowded() bool { return len(s.taken) > s.opts.Seats/4*3 }

// Taken returns how many seats are taken.
func (s *Seats) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.taken)
}

// Yields makes the seat one that can be taken away: then evict is called, once. It must
// be quick. keep, if not nil, reports whether the client must stay, whatever it did last;
// it is called with a lock held, often, and must not call the seats.
func (s *Seat) Yields(evict func(), keep func() bool) {
	s.seats.mu.Lock()
	defer s.seats.mu.Unlock()
	s.evict, s.keep = evict, keep
}

// Acts records that the client acted just now, and how far it has come by it.
func (s *Seat) Acts(stage Stage) {
	s.stage.Store(int32(stage))
	s.last.Store(s.seats.opts.Now().UnixNano())
}

// Leave gives the seat back. It may be called again, and after it was taken away.
func (s *Seat) Leave() {
	s.seats.mu.Lock()
	defer s.seats.mu.Unlock()
	if s.at >= 0 {
		s.seats.remove(s)
	}
}

// Idle returns how long ago the client acted last. It may be called by keep.
func (s *Seat) Idle() time.Duration { return s.idle(s.seats.opts.Now()) }

// Gone reports whether the seat was taken away.
func (s *Seat) Gone() bool {
	s.seats.mu.Lock()
	defer s.seats.mu.Unlock()
	return s.gone
}

func (s *Seat) idle(now time.Time) time.Duration {
	return time.Duration(now.UnixNano() - s.last.Load())
}

func (s *Seat) kept() bool { return s.keep != nil && s.keep() }
