package admission

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/limit"
)

// One address uses up what it may and goes away. Then the table of addresses fills up, with
// handshakes of a stranger who has networks, or with visitors who write once. Those who come
// half an hour later, amid more handshakes, are served, and what the address used is not
// forgotten.
func TestNewcomersAreServedAfterAHeavyAddressAndACrowdWentAway(t *testing.T) {
	long := strings.Repeat("x", 4000)
	// handshake is one of a stranger who has two IPv6 /48 networks, each from a new address.
	handshake := func(a *Admission, i int) {
		if seat, no := a.Connect(netip.MustParseAddr(fmt.Sprintf("2001:db8:%x:%x::1", i%2, i/2%65536))); no == nil {
			seat.Leave()
		}
	}
	for _, c := range []struct {
		what   string
		filled func(a *Admission, i int) // 66,000 times, 1,500 a second
	}{
		{"handshakes", handshake},
		{"visitors who wrote once", func(a *Admission, i int) {
			addr := fmt.Sprintf("10.%d.%d.%d", i%2500/250, i%250, i/2500)
			if no := a.writer(t, addr, 1000+i).say("Hello"); no != nil {
				t.Fatal(no)
			}
		}},
	} {
		opts := byDefault()
		opts.RatePerAddress = 50
		a, pass, refused := clocked(opts)
		hog := limit.AddressLevels(netip.MustParseAddr("192.0.2.1"))
		for i := 0; a.budgets.take(hog, a.writer(t, "192.0.2.1", i/100).chat, limit.Cost{textBytes: 4000}) == nil; i++ {
		}
		for i := range 66_000 {
			if i%15 == 0 {
				pass(10 * time.Millisecond)
			}
			c.filled(a, i)
		}
		pass(30 * time.Minute)
		for i := range 600 {
			pass(10 * time.Millisecond)
			for j := range 15 {
				handshake(a, 66_000+15*i+j)
			}
			addr := fmt.Sprintf("172.16.%d.%d", i/200, i%200)
			seat, no := a.Connect(netip.MustParseAddr(addr))
			if no != nil {
				t.Fatalf("%s: newcomer %d does not come in: %v (%v)", c.what, i, no, refused)
			}
			seat.Leave()
			if no := a.writer(t, addr, 100_000+i).say(long); no != nil {
				t.Fatalf("%s: newcomer %d is refused: %v (%v)", c.what, i, no, refused)
			}
		}
		left := 0
		a.budgets.addresses.Each(func(u limit.Used[netip.Prefix]) {
			if u.Key == hog[0].Key {
				left++
			}
		})
		if left != 1 {
			t.Errorf("%s: what the address used is forgotten", c.what)
		}
	}
}

// However much the addresses in the table owe for hours to come, new connections have room
// of their own.
func TestConnectionsDoNotCompeteForRoomWithWhatWasStored(t *testing.T) {
	opts := byDefault()
	opts.RatePerAddress = 50
	a, pass, _ := clocked(opts)
	for i := range limit.DefaultKeys {
		at := limit.AddressLevels(netip.AddrFrom4([4]byte{10, byte(i >> 8), byte(i), 1}))
		a.budgets.addresses.Charge(at, limit.Cost{textBytes: 32e6})
	}
	for i := range 20_000 { // from networks of their own, quicker than 16 addresses may come
		if i%100 == 0 {
			pass(10 * time.Millisecond)
		}
		seat, no := a.Connect(netip.AddrFrom4([4]byte{172, byte(i >> 8), byte(i), 1}))
		if no != nil {
			t.Fatalf("newcomer %d does not come in: %v", i, no)
		}
		seat.Leave()
	}
}
