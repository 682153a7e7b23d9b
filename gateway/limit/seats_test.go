package limit

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestOneAddressDoesNotTakeAllSeats(t *testing.T) {
	s := NewSeats(8, 2)
	one := netip.MustParseAddr("2001:db8::1")
	var leaves []func()
	take := func(addr netip.Addr, want Why) {
		t.Helper()
		seat, why := s.Take(addr)
		if why != want || (seat != nil) != (why == Given) {
			t.Fatalf("a seat for %s: %v, want %v", addr, why, want)
		}
		if seat != nil {
			leaves = append(leaves, seat.Leave)
		}
	}
	take(one, Given)
	take(netip.MustParseAddr("2001:db8::ffff"), Given) // the same network
	take(one, AddressFull)
	for i := range 6 {
		take(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), Given)
	}
	take(netip.MustParseAddr("192.0.2.200"), AllFull)
	leaves[0]()
	leaves[0]() // counts once
	take(one, Given)
	take(one, AddressFull)
	for _, leave := range leaves {
		leave()
	}
	if s.Taken() != 0 || len(s.counts) != 0 {
		t.Errorf("all have left, and %d seats of %d networks are taken", s.Taken(), len(s.counts))
	}
}

func TestSeatsAreCountedRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seats, each := rapid.IntRange(1, 20).Draw(t, "seats"), rapid.IntRange(1, 8).Draw(t, "each")
		s := NewSeats(seats, each)
		in := map[netip.Addr][]func(){}
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			addr := netip.AddrFrom4([4]byte{10, 0, 0, byte(rapid.IntRange(0, 5).Draw(t, "addr"))})
			total := 0
			for _, l := range in {
				total += len(l)
			}
			if rapid.Bool().Draw(t, "come") {
				seat, why := s.Take(addr)
				if (why == Given) != (len(in[addr]) < each && total < seats) {
					t.Fatalf("%d of %d are in, %d of %d from there: %v", total, seats, len(in[addr]), each, why)
				}
				if why == Given {
					in[addr] = append(in[addr], seat.Leave)
				}
			} else if n := len(in[addr]); n > 0 {
				in[addr][n-1]()
				in[addr] = in[addr][:n-1]
			}
		}
	})
}

func TestSeatsUnderManyCallers(t *testing.T) {
	s := NewSeats(50, 10)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			addr := netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i%4))
			for range 1000 {
				if seat, why := s.Take(addr); why == Given {
					seat.Yields(func() {}, nil)
					seat.Acts(Here)
					seat.Leave()
				}
			}
		})
	}
	wg.Wait()
	if s.Taken() != 0 || len(s.counts) != 0 {
		t.Errorf("%d seats are taken by nobody", s.Taken())
	}
}
