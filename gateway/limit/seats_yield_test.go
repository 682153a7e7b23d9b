package limit

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// room is seats of 160 as visitors have them: 40 for one address, 10 of them its fair
// share.
type room struct {
	*Seats
	t     *testing.T
	clock *clock
	in    map[*Seat]string // who is in
}

func newRoom(t *testing.T) *room {
	r := &room{t: t, clock: newClock(), in: map[*Seat]string{}}
	r.Seats = NewSeatsOf(SeatOptions{
		Seats: 160, PerAddress: 40, Fair: 10, Young: [stages]time.Duration{Silent: 10 * time.Second, Here: 10 * time.Second}, Busy: 5 * time.Minute,
		Now: func() time.Time { return r.clock.at },
	})
	return r
}

// comes lets somebody in from an address, and returns the seat, or nil.
func (r *room) comes(addr, who string, stage Stage) *Seat {
	seat, why := r.Take(netip.MustParseAddr(addr))
	if why != Given {
		return nil
	}
	seat.Acts(stage)
	r.in[seat] = who
	seat.Yields(func() { delete(r.in, seat) }, nil)
	return seat
}

func (r *room) count(who string) (n int) {
	for _, each := range r.in {
		if each == who {
			n++
		}
	}
	return n
}

func (r *room) later(d time.Duration) { r.clock.at = r.clock.at.Add(d) }

// Four addresses take all seats. Whoever comes from elsewhere gets in at once, and those
// who write, and those who came before, stay.
func TestFourAddressesDoNotCloseTheDoor(t *testing.T) {
	for _, stage := range []Stage{Silent, Here, Worked} {
		for _, idle := range []time.Duration{0, time.Minute, time.Hour} {
			t.Run(fmt.Sprint("stage ", stage, " idle ", idle), func(t *testing.T) {
				r := newRoom(t)
				var writers []*Seat
				for i := range 10 {
					writers = append(writers, r.comes(fmt.Sprintf("192.0.2.%d", i), "a writer", Worked))
					r.comes(fmt.Sprintf("192.0.2.%d", 100+i), "a reader", Here)
				}
				for i := range 140 {
					if r.comes(fmt.Sprintf("198.51.%d.1", i/35), "attacker", stage) == nil {
						t.Fatal("there was room")
					}
				}
				r.later(idle)
				for _, w := range writers {
					w.Acts(Worked)
				}
				for i := range 50 {
					if r.comes(fmt.Sprintf("203.0.%d.1", i), "newcomer", Silent) == nil {
						t.Fatalf("newcomer %d does not get in", i)
					}
					r.later(20 * time.Millisecond)
				}
				for who, want := range map[string]int{"a writer": 10, "a reader": 10, "newcomer": 50, "attacker": 90} {
					if got := r.count(who); got != want {
						t.Errorf("%d of %s are in, want %d", got, who, want)
					}
				}
			})
		}
	}
}

// Attackers who write all the time keep their fair share, and push nobody out with it.
func TestWhoHasMoreThanAFairSharePushesOutOnlyTheirLike(t *testing.T) {
	r := newRoom(t)
	var busy []*Seat
	for i := range 120 {
		busy = append(busy, r.comes(fmt.Sprintf("198.51.%d.1", i/40), "attacker", Worked))
	}
	for i := range 40 {
		r.comes(fmt.Sprintf("192.0.%d.1", i), "a reader", Here)
	}
	r.later(time.Hour)
	for _, b := range busy {
		b.Acts(Worked)
	}
	for range 100 {
		if seat := r.comes("198.51.0.1", "attacker", Worked); seat != nil {
			busy = append(busy, seat)
		}
	}
	if got := r.count("a reader"); got != 40 {
		t.Errorf("%d of 40 readers are left", got)
	}
	for i := range 60 {
		if r.comes(fmt.Sprintf("203.0.%d.1", i), "newcomer", Silent) == nil {
			t.Fatalf("newcomer %d does not get in", i)
		}
	}
	if r.count("a reader") != 40 || r.count("newcomer") != 60 || r.count("attacker") != 60 {
		t.Errorf("in are %d readers, %d newcomers, %d attackers", r.count("a reader"), r.count("newcomer"), r.count("attacker"))
	}
}

// The rule holds also where others are more in the way than the attackers' own.
func TestWhoHasMoreThanAFairShareTakesFromItself(t *testing.T) {
	r := newRoom(t)
	for range 9 {
		r.comes("192.0.2.1", "an office", Silent)
	}
	r.comes("192.0.3.1", "alone", Here)
	r.comes("192.0.4.1", "alone", Here)
	r.comes("192.0.5.1", "alone", Here)
	var busy []*Seat
	for i := range 148 {
		busy = append(busy, r.comes(fmt.Sprintf("198.51.%d.1", i/37), "attacker", Worked))
	}
	r.later(time.Hour)
	for _, b := range busy {
		b.Acts(Worked)
	}
	for range 20 {
		r.comes("198.51.0.1", "attacker", Worked)
	}
	if r.count("an office") != 9 || r.count("alone") != 3 {
		t.Errorf("%d of 9 in an office and %d of 3 others are left", r.count("an office"), r.count("alone"))
	}
}

// Who is in the way is judged by the stage, the network and the time.
func TestWhoGoesFirst(t *testing.T) {
	r := newRoom(t)
	for i := range 36 {
		r.comes("198.51.100.1", "wrote long ago", Worked)
		if i < 20 {
			r.comes("198.51.101.1", "never wrote", Here)
		}
		if i < 12 {
			r.comes("198.51.102.1", "never said hello", Silent)
		}
	}
	for i := 0; len(r.in) < 160; i++ {
		r.comes(fmt.Sprintf("10.%d.0.1", i), "alone", Here)
	}
	r.later(time.Hour)
	// 12 × 8, 20 × 4 and 36 × 2: the first four to go are those who never said hello.
	for i := range 2 {
		r.comes(fmt.Sprintf("203.0.%d.1", i), "newcomer", Silent)
	}
	if got := r.count("never said hello"); got != 10 {
		t.Errorf("%d who never said hello are left, want 10", got)
	}
	for i := range 30 {
		r.comes(fmt.Sprintf("203.1.%d.1", i), "newcomer", Silent)
	}
	if hello, never, wrote := r.count("never said hello"), r.count("never wrote"), r.count("wrote long ago"); hello >= never || never >= wrote || r.count("alone") != 92 {
		t.Errorf("left are %d without hello, %d who never wrote, %d who wrote long ago, %d of 92 who are alone", hello, never, wrote, r.count("alone"))
	}
	// Within an address, the one idle longest.
	r = newRoom(t)
	first := r.comes("198.51.100.1", "first", Here)
	second := r.comes("198.51.100.1", "second", Here)
	r.later(time.Second)
	for i := range 38 {
		r.comes("198.51.100.1", fmt.Sprint("other ", i), Here)
	}
	r.later(time.Minute)
	first.Acts(Here)
	r.later(time.Minute)
	if r.comes("198.51.100.1", "newcomer", Silent) == nil || second.Gone() == false || first.Gone() {
		t.Errorf("an address that has all its seats gives up the one idle longest: %v", r.in)
	}
}

// Those who must stay do, whatever they did last.
func TestAChatWithAPersonKeepsItsSeat(t *testing.T) {
	r := newRoom(t)
	waiting := r.comes("198.51.0.1", "waiting", Here)
	waiting.Yields(func() { t.Error("who waits for a person lost the seat") }, func() bool { return true })
	for i := range 159 {
		r.comes(fmt.Sprintf("198.51.%d.1", i/40), "attacker", Here)
	}
	r.later(time.Hour)
	for i := range 150 {
		r.comes(fmt.Sprintf("203.%d.113.1", i), "newcomer", Here)
	}
	if r.count("newcomer") != 150 {
		t.Errorf("%d newcomers are in", r.count("newcomer"))
	}
}

// A network of IPv6 counts as one of some addresses, not as 65,536.
func TestAnIPv6NetworkHasFewSharesNotOneForEachSubnet(t *testing.T) {
	r := newRoom(t)
	for i := range 20 {
		r.comes(fmt.Sprintf("192.0.%d.1", i), "honest", Here)
	}
	for i := range 140 {
		r.comes(fmt.Sprintf("2001:db8:0:%x::1", i), "attacker", Here)
	}
	r.later(time.Hour)
	for i := range 100 {
		if r.comes(fmt.Sprintf("203.0.%d.1", i), "newcomer", Silent) == nil {
			t.Fatalf("newcomer %d does not get in", i)
		}
		r.later(time.Second)
	}
	if r.count("honest") != 20 || r.count("newcomer") != 100 {
		t.Errorf("%d of 20 honest, %d of 100 newcomers are in", r.count("honest"), r.count("newcomer"))
	}
}

// While it is crowded, those who did nothing have seconds.
func TestACrowdIsIdleForSecondsOnly(t *testing.T) {
	clock := newClock()
	s := NewSeatsOf(SeatOptions{Seats: 8, PerAddress: 8, Crowded: [stages]time.Duration{Silent: 10 * time.Second}, Now: clock.now})
	gone := 0
	take := func(stage Stage) *Seat {
		seat, why := s.Take(netip.MustParseAddr("192.0.2.1"))
		if why != Given {
			t.Fatal(why)
		}
		seat.Yields(func() { gone++ }, nil)
		seat.Acts(stage)
		return seat
	}
	take(Here)
	for range 5 {
		take(Silent)
	}
	clock.at = clock.at.Add(time.Hour)
	take(Here)
	if gone != 0 {
		t.Errorf("%d had to go while it was not crowded", gone)
	}
	take(Here) // three quarters are taken
	if gone != 5 || s.Taken() != 3 {
		t.Errorf("%d of the 5 silent ones are gone, %d seats are taken", gone, s.Taken())
	}
}

func BenchmarkANewcomerWhenAllSeatsAreTaken(b *testing.B) {
	s := NewSeatsOf(SeatOptions{Seats: 20_000, PerAddress: 5_000, Fair: 1250, Busy: 5 * time.Minute})
	take := func(i int) {
		seat, _ := s.Take(netip.AddrFrom4([4]byte{198, byte(i >> 12), byte(i >> 6), byte(i)}))
		if seat != nil {
			seat.Yields(func() {}, func() bool { return false })
			seat.Acts(Here)
		}
	}
	for i := range 20_000 {
		take(i)
	}
	for i := 0; b.Loop(); i++ {
		take(i)
	}
}
