package limit

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)} }

func allowed[K comparable](k *Keyed[K], key K, n int) (yes int) {
	for range n {
		if _, ok := k.Allow(key); ok {
			yes++
		}
	}
	return yes
}

func TestEachKeyHasItsOwnLimit(t *testing.T) {
	c := newClock()
	k := NewKeyed[string](Rate{Every: time.Second, Burst: 3}, 0, c.now)
	if got := allowed(k, "a", 10); got != 3 {
		t.Errorf("a: %d of 10, want 3", got)
	}
	if got := allowed(k, "b", 10); got != 3 {
		t.Errorf("b: %d of 10, want 3", got)
	}
	wait, ok := k.Allow("a")
	if ok || wait != time.Second {
		t.Errorf("wait %v, %v; want 1s", wait, ok)
	}
	c.at = c.at.Add(wait)
	if got := allowed(k, "a", 10); got != 1 {
		t.Errorf("after the wait: %d, want 1", got)
	}
}

func TestIdleKeysMakeRoom(t *testing.T) {
	c := newClock()
	k := NewKeyed[int](Rate{Every: time.Second, Burst: 2}, 100, c.now)
	for i := range 100 {
		k.Allow(i)
	}
	c.at = c.at.Add(2 * time.Second)
	for i := range 1000 {
		if _, ok := k.Allow(100 + i); !ok && i < 100 {
			t.Fatalf("newcomer %d was refused although there were idle keys", i)
		}
	}
	if k.Len() > 100 {
		t.Errorf("%d keys, want 100 at most", k.Len())
	}
}

func TestAFloodFromMoreKeysThanThereIsRoomFor(t *testing.T) {
	c := newClock()
	k := NewKeyed[int](Rate{Every: time.Second, Burst: 2}, 100, c.now)
	for i := range 100 {
		allowed(k, i, 5)
	}
	newcomers := 0
	for i := range 10_000 {
		newcomers += allowed(k, 1000+i, 1)
	}
	if newcomers != overflowShare*2 {
		t.Errorf("%d newcomers came in, want %d, which they share", newcomers, overflowShare*2)
	}
	if k.Len() != 100 {
		t.Errorf("%d keys, want 100", k.Len())
	}
	if got := allowed(k, 7, 1); got != 0 {
		t.Error("the flood washed a limit away")
	}
	c.at = c.at.Add(time.Second)
	if got := allowed(k, 7, 1); got != 1 {
		t.Error("who was being served is not served on")
	}
}

func TestKeyedUnderManyCallers(t *testing.T) {
	c := newClock()
	k := NewKeyed[string](Rate{Every: time.Hour, Burst: 50}, 8, c.now)
	var yes atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			yes.Add(int32(allowed(k, "shared", 100)))
			allowed(k, fmt.Sprint("own ", i), 100)
		})
	}
	wg.Wait()
	if yes.Load() != 50 {
		t.Errorf("%d allowed, want 50", yes.Load())
	}
}

func TestAnIPv6NetworkIsLimitedAsOne(t *testing.T) {
	a := NewAddresses(Rate{Every: time.Minute, Burst: 1}, 0, newClock().now)
	for i, c := range []struct {
		addr string
		want bool
	}{{"2001:db8::1", true}, {"2001:db8::2", false}, {"2001:db8:0:1::1", true}, {"192.0.2.1", true}, {"::ffff:192.0.2.1", false}} {
		if _, ok := a.Allow(netip.MustParseAddr(c.addr)); ok != c.want {
			t.Errorf("%d: %s: %v", i, c.addr, ok)
		}
	}
}

func TestRetryAfterIsNeverTooShort(t *testing.T) {
	for wait, want := range map[time.Duration]string{0: "1", time.Millisecond: "1", time.Second: "1", 1001 * time.Millisecond: "2", time.Minute: "60"} {
		if got := RetryAfter(wait); got != want {
			t.Errorf("%v: %s, want %s", wait, got, want)
		}
	}
}
