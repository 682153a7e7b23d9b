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
	for forgive, want := range map[time.Duration]int{
		0:           100 + overflowShare*2, // new keys share what 16 keys have
		time.Minute: 100 + overflowShare*2, // what is owed takes longer to come back
		time.Hour:   1000,
		Always:      1000,
	} {
		c := newClock()
		b := NewBudgets[int]([]Bound{{things, 2, .001}}, BudgetOptions{Keys: 100, Forgive: forgive, Now: c.now})
		one := func(key int) bool { return b.Take([]Level[int]{{key, 1}}, oneOf(1)).OK }
		yes := 0
		for key := range 1000 {
			if one(key) {
				yes++
			}
		}
		if b.Len() > 100 {
			t.Errorf("forgive %v: %d keys are remembered", forgive, b.Len())
		}
		if yes != want {
			t.Errorf("forgive %v: %d of 1000 keys got one, want %d", forgive, yes, want)
		}
		c.at = c.at.Add(time.Hour)
		if !one(5000) || b.Len() > 100 {
			t.Errorf("forgive %v: whole budgets make no room", forgive)
		}
	}
}

// A key used much and went away, and so it is the one that was used longest ago. New keys
// get accounts of their own all the same, and what it owes is remembered.
func TestAHeavyKeyThatWentAwayKeepsNobodyOut(t *testing.T) {
	c := newClock()
	b := NewBudgets[int]([]Bound{{things, 10, 1}, {weights, 86400, 1}}, BudgetOptions{Keys: 1000, Now: c.now})
	take := func(key int, cost Cost) bool { return b.Take([]Level[int]{{key, 1}}, cost).OK }
	if !take(-1, Cost{weights: 86400}) {
		t.Fatal("nothing was taken")
	}
	for key := range 10_000 {
		c.at = c.at.Add(time.Millisecond)
		take(key, oneOf(1))
	}
	c.at = c.at.Add(30 * time.Minute)
	for key := range 10_000 {
		if c.at = c.at.Add(time.Second); !take(20_000+key, oneOf(10)) {
			t.Fatalf("newcomer %d was refused", key)
		}
		if take(20_000+key, oneOf(5)) {
			t.Fatalf("newcomer %d shares an account with others", key)
		}
	}
	if take(-1, Cost{weights: 43200}) {
		t.Error("what the heavy key owed is forgotten")
	}
	if b.Len() > 1000 {
		t.Errorf("%d keys are remembered", b.Len())
	}
}

// By default, 100,000 IPv4 addresses in 1,000 networks come, one in fifty of them heavy, and
// go. No newcomer notices, and those who owe most are remembered.
func TestAHundredThousandAddressesComeAndGo(t *testing.T) {
	c := newClock()
	bounds := []Bound{hourly(things, 30_000), {things, 240_000, 240_000. / 86400}, hourly(weights, 32e6), {weights, 256e6, 256e6 / 86400}}
	b := NewBudgets[netip.Prefix](bounds, BudgetOptions{Forgive: time.Minute, Now: c.now})
	var heavy []netip.Addr
	for i := range 100_000 {
		c.at = c.at.Add(20 * time.Millisecond)
		addr := netip.AddrFrom4([4]byte{10, byte(i % 1000 >> 8), byte(i % 1000), byte(i / 1000)})
		cost := Cost{things: 3, weights: 500}
		if i%50 == 0 {
			heavy = append(heavy, addr)
			cost = Cost{things: 1, weights: 4e6}
		}
		if got := b.Take(AddressLevels(addr), cost); !got.OK && i%50 != 0 {
			t.Fatalf("address %d was refused: %+v", i, got)
		}
	}
	if b.Len() > DefaultKeys {
		t.Errorf("%d keys are remembered", b.Len())
	}
	known := 0
	for _, addr := range heavy {
		if _, ok := b.entries[AddressLevels(addr)[0].Key]; ok {
			known++
		}
	}
	if known != len(heavy) {
		t.Errorf("%d of %d heavy addresses are remembered", known, len(heavy))
	}
}

// More keys than there is room for, none of them whole: the lightest are forgotten, and
// nobody's heavy account.
func TestAFloodForgetsNobodyHeavy(t *testing.T) {
	c := newClock()
	b := NewBudgets[int]([]Bound{{things, 100, 1}}, BudgetOptions{Keys: 100, Forgive: time.Minute, Now: c.now})
	take := func(key int, n float64) bool { return b.Take([]Level[int]{{key, 1}}, oneOf(n)).OK }
	for key := range 99 {
		take(key, 90)
	}
	for key := range 10_000 {
		if !take(1000+key, 5) {
			t.Fatalf("newcomer %d was refused", key)
		}
	}
	for key := range 99 {
		if take(key, 11) {
			t.Fatalf("the flood washed the account of key %d away", key)
		}
	}
	if !take(50, 5) {
		t.Error("a key that is in the table does not go on")
	}
}

// The levels of one address take no room from each other, however full the table is.
func TestTheLevelsOfAnAddressDoNotPushEachOtherOut(t *testing.T) {
	c := newClock()
	b := NewBudgets[netip.Prefix]([]Bound{{things, 10, 1}}, BudgetOptions{Keys: 6, Forgive: Always, Now: c.now})
	for i := range 3 {
		b.Charge(AddressLevels(netip.AddrFrom4([4]byte{192, 0, byte(i), 1})), oneOf(1000))
	}
	if got := taken(b, "2001:db8::1", 100); got != 10 {
		t.Errorf("an address in a full table gets %d, want 10", got)
	}
	tiny := NewBudgets[netip.Prefix]([]Bound{{things, 10, 1}}, BudgetOptions{Keys: 2, Forgive: Always, Now: c.now})
	if got := taken(tiny, "2001:db8::1", 100); got == 0 || tiny.Len() > 2 {
		t.Errorf("in a table that is too small for its levels it gets %d, with %d keys", got, tiny.Len())
	}
}

// Whatever is taken and given back, the key that is forgotten next is the one that is whole
// first.
func TestTheNextToBeForgottenIsWholeFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		b := NewBudgets[int]([]Bound{{things, 100, 1}, {weights, 100, .1}}, BudgetOptions{
			Keys: rapid.IntRange(1, 20).Draw(t, "keys"), Forgive: time.Duration(rapid.IntRange(0, 200).Draw(t, "s")) * time.Second, Now: c.now,
		})
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			c.at = c.at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "ms")) * time.Millisecond)
			at := []Level[int]{{rapid.IntRange(0, 40).Draw(t, "key"), 1}, {100 + rapid.IntRange(0, 3).Draw(t, "network"), 4}}
			cost := Cost{things: float64(rapid.IntRange(0, 50).Draw(t, "n")), weights: float64(rapid.IntRange(0, 50).Draw(t, "weight"))}
			switch rapid.IntRange(0, 2).Draw(t, "what") {
			case 0:
				b.Take(at, cost)
			case 1:
				b.Charge(at, cost)
			case 2:
				b.Return(at, cost)
			}
			if len(b.byWhole) != len(b.entries) || len(b.entries) > b.max {
				t.Fatalf("%d accounts of %d keys", len(b.byWhole), len(b.entries))
			}
			var first *account[int]
			for i, a := range b.byWhole {
				b.refill(a, c.at)
				if b.entries[a.key] != a || a.place != i {
					t.Fatalf("account %d is not where it should be", i)
				}
				full := a.left[0] > 100*a.scale-1e-3 && a.left[1] > 100*a.scale-1e-3
				if whole := a.whole <= c.at.UnixNano(); whole != full && a.whole-c.at.UnixNano() > int64(10*time.Millisecond) {
					t.Fatalf("whole %v, but %v is left", whole, a.left)
				}
				if !a.in(at) && (first == nil || a.whole < first.whole) {
					first = a
				}
			}
			if got := b.byWhole.first(0, at); (got == nil) != (first == nil) || got != nil && got.whole != first.whole {
				t.Fatalf("%+v is forgotten next, want %+v", got, first)
			}
		}
	})
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

// The worst case: the table is full, and each address is a new one.
func BenchmarkTakeInAFullTable(b *testing.B) {
	budgets := NewBudgets[netip.Prefix]([]Bound{hourly(things, 30_000), {things, 240_000, 3}, hourly(weights, 32e6), {weights, 256e6, 3000}}, BudgetOptions{Forgive: time.Minute})
	i := 0
	take := func() {
		i++
		budgets.Take(AddressLevels(netip.AddrFrom4([4]byte{byte(i >> 24), byte(i >> 8), byte(i), byte(i >> 16)})), Cost{things: 1, weights: 100})
	}
	for budgets.Len() < DefaultKeys {
		take()
	}
	b.ReportAllocs()
	for b.Loop() {
		take()
	}
}
