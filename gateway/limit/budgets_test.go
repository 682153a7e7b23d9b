package limit

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const (
	things = iota
	weights
)

// hourly is a budget of n an hour, a quarter of it at once.
func hourly(kind int, n float64) Bound { return Bound{Kind: kind, Burst: n / 4, Rate: n / 3600} }

func oneOf(n float64) (c Cost) {
	c[things] = n
	return c
}

// taken counts how many of n attempts succeed.
func taken(b *Budgets[netip.Prefix], addr string, n int) (yes int) {
	for range n {
		if b.Take(AddressLevels(netip.MustParseAddr(addr)), oneOf(1)).OK {
			yes++
		}
	}
	return yes
}

func TestABudgetComesBackEvenly(t *testing.T) {
	c := newClock()
	b := NewBudgets[netip.Prefix]([]Bound{hourly(things, 400)}, BudgetOptions{Now: c.now})
	if got := taken(b, "192.0.2.1", 500); got != 100 {
		t.Errorf("%d at once, want a quarter of 400", got)
	}
	no := b.Take(AddressLevels(netip.MustParseAddr("192.0.2.1")), oneOf(1))
	if no.OK || no.Wait != 9*time.Second {
		t.Errorf("%+v; want to wait 9 s, an hour by 400", no)
	}
	c.at = c.at.Add(no.Wait)
	if got := taken(b, "192.0.2.1", 10); got != 1 {
		t.Errorf("after the wait: %d, want 1", got)
	}
	if got := taken(b, "192.0.2.2", 500); got != 100 {
		t.Errorf("a neighbor gets %d, want 100", got)
	}
}

func TestANetworkHasFewSharesHoweverManyAddressesItHas(t *testing.T) {
	for _, c := range []struct {
		what    string
		addr    func(i int) string
		shares  int
		outside string
	}{
		{"an IPv6 /64", func(i int) string { return fmt.Sprintf("2001:db8:0:1::%x", i+1) }, 1, "2001:db8:0:2::1"},
		{"an IPv6 /56", func(i int) string { return fmt.Sprintf("2001:db8:0:%x::1", i%256) }, 4, "2001:db8:0:100::1"},
		{"an IPv6 /48", func(i int) string { return fmt.Sprintf("2001:db8:0:%x::1", i) }, 16, "2001:db8:1::1"},
		{"an IPv4 /24", func(i int) string { return fmt.Sprintf("192.0.2.%d", i%256) }, 16, "192.0.3.1"},
	} {
		b := NewBudgets[netip.Prefix]([]Bound{{things, 10, 1}}, BudgetOptions{Now: newClock().now})
		got := 0
		for i := range 20_000 {
			got += taken(b, c.addr(i), 1)
		}
		if got != 10*c.shares {
			t.Errorf("%s gets %d, want %d times 10", c.what, got, c.shares)
		}
		if got := taken(b, c.outside, 20); got != 10 {
			t.Errorf("beside %s, %s gets %d, want 10", c.what, c.outside, got)
		}
	}
}

func TestAllIsTakenOrNothing(t *testing.T) {
	b := NewBudgets[netip.Prefix]([]Bound{hourly(things, 400), {things, 50, 1}, {weights, 1000, 1}}, BudgetOptions{Now: newClock().now})
	at := AddressLevels(netip.MustParseAddr("192.0.2.1"))
	both := func(n, weight float64) Cost { return Cost{things: n, weights: weight} }
	for _, c := range []struct {
		cost Cost
		want Taken
	}{
		{both(20, 900), Taken{OK: true}},
		{both(1, 200), Taken{Bound: 2, Wait: 100 * time.Second}}, // too heavy: and the thing is not taken
		{both(31, 0), Taken{Bound: 1, Wait: time.Second}},
		{both(30, 100), Taken{OK: true}},
	} {
		if got := b.Take(at, c.cost); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.cost, got, c.want)
		}
	}
	b.Return(at, both(30, 100))
	if got := b.Take(at, both(30, 100)); !got.OK {
		t.Errorf("what was returned is gone: %+v", got)
	}
}

func TestWhatCostsMoreThanABudgetIsTakenOnceAndPaidBack(t *testing.T) {
	c := newClock()
	b := NewBudgets[netip.Prefix]([]Bound{{things, 10, 1}}, BudgetOptions{Now: c.now})
	at := AddressLevels(netip.MustParseAddr("192.0.2.1"))
	if got := b.Take(at, oneOf(25)); !got.OK {
		t.Fatalf("from a whole budget: %+v", got)
	}
	if got := b.Take(at, oneOf(1)); got.OK || got.Wait != 16*time.Second {
		t.Errorf("in debt by 15: %+v, want to wait 16 s", got)
	}
	if got := b.Open(at, things); got.OK || got.Wait != 15*time.Second {
		t.Errorf("open: %+v, want to wait 15 s", got)
	}
	c.at = c.at.Add(16 * time.Second)
	if got := b.Open(at, things); !got.OK {
		t.Errorf("the debt is paid: %+v", got)
	}
	b.Charge(at, oneOf(100))
	if got := b.Open(at, things); got.OK {
		t.Error("a charge beyond the budget was forgotten")
	}
}

func TestATableOfBudgetsIsBounded(t *testing.T) {
	for _, forgetful := range []bool{false, true} {
		c := newClock()
		b := NewBudgets[int]([]Bound{{things, 2, .001}}, BudgetOptions{Keys: 100, Forgetful: forgetful, Now: c.now})
		one := func(key int) bool { return b.Take([]Level[int]{{key, 1}}, oneOf(1)).OK }
		yes := 0
		for key := range 1000 {
			if one(key) {
				yes++
			}
		}
		if b.Len() > 100 {
			t.Errorf("forgetful %v: %d keys are remembered", forgetful, b.Len())
		}
		// A table that forgets nothing gives those without room 16 times one budget.
		if want := map[bool]int{false: 100 + 16*2, true: 1000}[forgetful]; yes != want {
			t.Errorf("forgetful %v: %d of 1000 keys got one, want %d", forgetful, yes, want)
		}
		c.at = c.at.Add(time.Hour)
		if !one(5000) || b.Len() > 100 {
			t.Errorf("forgetful %v: whole budgets make no room", forgetful)
		}
	}
}

func TestWhatWasUsedIsThatOfTheLastHour(t *testing.T) {
	c := newClock()
	b := NewBudgets[int]([]Bound{{things, 1000, 1}}, BudgetOptions{Now: c.now})
	use := func(n float64) { b.Charge([]Level[int]{{1, 1}}, oneOf(n)) }
	used := func() (n float64) {
		b.Each(func(u Used[int]) { n = u.Cost[things] })
		return n
	}
	use(100)
	if got := used(); got != 100 {
		t.Errorf("%g, want 100", got)
	}
	c.at = c.at.Add(75 * time.Minute) // three quarters of the hour before still count
	use(10)
	if got := used(); got != 85 {
		t.Errorf("a quarter of an hour into the next hour: %g, want 85", got)
	}
	c.at = c.at.Add(2 * time.Hour)
	if got := used(); got != 0 {
		t.Errorf("two hours later: %g, want 0", got)
	}
}

// However addresses behave, none gets more than its burst and what came back since.
func TestNoBudgetIsExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		began := c.at
		b := NewBudgets[netip.Prefix]([]Bound{{things, 10, 2}}, BudgetOptions{Now: c.now})
		got := map[netip.Prefix]float64{}
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			addr := netip.AddrFrom4([4]byte{192, 0, 2, byte(rapid.IntRange(0, 40).Draw(t, "addr"))})
			n := float64(rapid.IntRange(1, 10).Draw(t, "n"))
			c.at = c.at.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond)
			if !b.Take(AddressLevels(addr), oneOf(n)).OK {
				continue
			}
			for _, l := range AddressLevels(addr) {
				got[l.Key] += n
				if most := l.Scale * (10 + 2*c.at.Sub(began).Seconds()); got[l.Key] > most+1e-6 {
					t.Fatalf("%s got %g within %s, at most %g", l.Key, got[l.Key], c.at.Sub(began), most)
				}
			}
		}
	})
}

func BenchmarkTakeFromABudget(b *testing.B) {
	budgets := NewBudgets[netip.Prefix]([]Bound{hourly(things, 1e12), {things, 1e12, 1e6}, hourly(weights, 1e12), {weights, 1e12, 1e6}}, BudgetOptions{})
	levels := AddressLevels(netip.MustParseAddr("2001:db8::1"))
	b.ReportAllocs()
	for b.Loop() {
		budgets.Take(levels, Cost{things: 1, weights: 100})
	}
}
