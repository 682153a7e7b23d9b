package admission

import (
	"net/netip"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// defaultConnections bounds the visitors' WebSockets if no setting does.
	defaultConnections = 20_000
	// addressShare is the part of all seats that one address gets: a quarter.
	addressShare = 4
	// fairShare is the part of all seats that is safe from others while it is in use: a
	// sixteenth for one address. Beyond it, an address pushes out nobody but its like. By
	// default that is room for 1,250 people behind one address who write.
	fairShare = 16
	// maxConsoles bounds the agents' consoles. They have seats of their own, so that
	// visitors in need of help don't lock out those who give it.
	maxConsoles = 2000
	// maxAccountConsoles bounds the consoles of one account.
	maxAccountConsoles = 100
	// seatAgain is when to try again for a seat.
	seatAgain = 3 * time.Second
)

const (
	// youngSeat is how long a visitor who just came has until the seat counts as idle.
	youngSeat = 10 * time.Second
	// busySeat is how long after their last message nobody takes a visitor's seat.
	busySeat = 5 * time.Minute
	// silentSeat is how long a client has to say hello while most seats are taken.
	silentSeat = 10 * time.Second
)

const (
	connectTooFast  = "Too many connections from your address. Try again in a moment."
	addressFull     = "There are too many connections from your address. Close one, or try again later."
	allFull         = "Too many visitors are here right now. We'll try again in a moment."
	consolesFull    = "Too many consoles are open right now. This page will try again in a moment."
	tooManyConsoles = "Too many consoles are open for this account. Close one, or try again later."
)

// visitorSeats returns n seats for visitors. When they are full, a newcomer gets the one
// of a visitor who is idle.
func visitorSeats(n int, now func() time.Time) *limit.Seats {
	opts := limit.SeatOptions{Seats: n, PerAddress: max(1, n/addressShare), Fair: max(1, n/fairShare), Busy: busySeat, Now: now}
	opts.Young[limit.Silent], opts.Young[limit.Here] = youngSeat, youngSeat
	opts.Crowded[limit.Silent] = silentSeat
	return limit.NewSeatsOf(opts)
}

// Seat is the seat of one connection. Greeted and Wrote belong to its reader's goroutine.
type Seat struct {
	seat  *limit.Seat
	evict func()
	wrote bool
	shed  func(reason string)
	leave func() // instead of the seat, of a console
}

// Leave gives the seat up. It may be called again.
func (s *Seat) Leave() {
	if s.leave != nil {
		s.leave()
		return
	}
	s.seat.Leave()
}

// Yields makes the seat one that a newcomer may get when all are taken: then evict is
// called. Before it nobody gets it.
func (s *Seat) Yields(evict func()) {
	s.evict = func() {
		s.shed(shedIdle)
		evict()
	}
	s.seat.Yields(s.evict, nil)
}

// Greeted records that the visitor said hello. While keep returns true, nobody else gets
// the seat; it is called concurrently, with a lock held.
func (s *Seat) Greeted(keep func() bool) {
	s.seat.Yields(s.evict, keep)
	if !s.wrote { // a client that asks whether the connection lives has not acted
		s.seat.Acts(limit.Here)
	}
}

// Wrote records that something of the visitor's was stored.
func (s *Seat) Wrote() {
	s.wrote = true
	s.seat.Acts(limit.Worked)
}

// Connect gives a visitor's new connection a seat until it leaves, or a refusal.
func (a *Admission) Connect(addr netip.Addr) (*Seat, *frame.Refusal) {
	if wait := a.budgets.frame(limit.AddressLevels(addr)); wait > 0 {
		return nil, rateLimited(connectTooFast, wait)
	}
	seat, why := a.visitors.Take(addr)
	switch why {
	case limit.AddressFull:
		no := rateLimited(addressFull, spread(seatAgain))
		no.Shed = shedAddress
		return nil, no
	case limit.AllFull:
		return nil, overloaded(shedConnections, allFull, spread(seatAgain))
	}
	return &Seat{seat: seat, shed: a.opts.Metrics.Shed}, nil
}

// ConnectConsole gives a console of that account a seat until it leaves, or a refusal.
func (a *Admission) ConnectConsole(addr netip.Addr, account string) (*Seat, *frame.Refusal) {
	if wait := a.budgets.frame(limit.AddressLevels(addr)); wait > 0 {
		return nil, rateLimited(connectTooFast, wait)
	}
	leave, no := a.consoles.enter(account)
	if no != nil {
		return nil, no
	}
	return &Seat{leave: leave}, nil
}

// consoles counts the agents' consoles, in all and of each account. Nobody's is taken
// away: who opens one is signed in, and an agent who only listens works.
type consoles struct {
	mu  sync.Mutex // guards the fields below
	all int
	of  map[string]int
}

func newConsoles() *consoles { return &consoles{of: map[string]int{}} }

func (c *consoles) enter(account string) (leave func(), no *frame.Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.of[account] >= maxAccountConsoles:
		no = rateLimited(tooManyConsoles, spread(seatAgain))
		no.Shed = shedAddress
		return nil, no
	case c.all >= maxConsoles:
		return nil, overloaded(shedConnections, consolesFull, spread(seatAgain))
	}
	c.all++
	c.of[account]++
	return sync.OnceFunc(func() { c.leave(account) }), nil
}

func (c *consoles) leave(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.of[account]--; c.of[account] == 0 {
		delete(c.of, account)
	}
}

func (c *consoles) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// maxShown bounds the chats that one console is shown at once.
const maxShown = 200

const tooManyShown = "This console watches too many chats already."

// MayShow refuses to show a console another chat beside so many others.
func MayShow(others int) error {
	if others < maxShown {
		return nil
	}
	return frame.Refuse(codes.RateLimited, tooManyShown)
}

// Connections returns how many WebSockets are open.
func (a *Admission) Connections() (visitors, agents int) {
	return a.visitors.Taken(), a.consoles.count()
}
