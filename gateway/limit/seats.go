package limit

import (
	"net/netip"
	"sync"
)

// Seats bounds how many clients are in at once: in all, and from one address (IPv6:
// one /64 network). Its methods may be called concurrently. It remembers no more
// addresses than there are seats.
type Seats struct {
	max, perAddress int

	mu    sync.Mutex // guards the fields below
	taken int
	by    map[netip.Addr]int
}

// NewSeats returns seats that are all free. One address gets perAddress of them at
// most.
func NewSeats(seats, perAddress int) *Seats {
	return &Seats{max: seats, perAddress: perAddress, by: map[netip.Addr]int{}}
}

// Why says why a seat is not given.
type Why int

// A seat is given, or there is none left for this address, or none for anybody.
const (
	Given Why = iota
	AddressFull
	AllFull
)

// Take takes a seat. If it is given, leave gives it back, once.
func (s *Seats) Take(addr netip.Addr) (leave func(), why Why) {
	addr = Block(addr)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.by[addr] >= s.perAddress:
		return nil, AddressFull
	case s.taken >= s.max:
		return nil, AllFull
	}
	s.taken++
	s.by[addr]++
	return sync.OnceFunc(func() { s.leave(addr) }), Given
}

func (s *Seats) leave(addr netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.by[addr]--; s.by[addr] == 0 {
		delete(s.by, addr)
	}
}

// Taken returns how many seats are taken.
func (s *Seats) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// Crowded reports whether more than three quarters of the seats are taken.
func (s *Seats) Crowded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken > s.max/4*3
}
