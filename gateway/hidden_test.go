package gateway

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestHiddenAddressesAreFoundOut(t *testing.T) {
	for _, c := range []struct {
		what  string
		from  []string // the visitors' addresses, in turn
		chats int
		every time.Duration
		want  []string
	}{
		{"a load balancer", []string{"10.0.0.7"}, 20, time.Second, []string{"10.0.0.7"}},
		{"one in a provider's shared space", []string{"100.64.0.9"}, 20, time.Second, []string{"100.64.0.9"}},
		{"something on this machine", []string{"127.0.0.1"}, 20, time.Second, []string{"127.0.0.1"}},
		{"a link's address", []string{"fe80::1"}, 20, time.Second, []string{"fe80::1"}},
		{"a private IPv6 network", []string{"fd00::1"}, 20, time.Second, []string{"fd00::1"}},
		{"the nodes of one", []string{"10.0.0.9", "10.0.0.7", "10.0.0.8"}, 20, time.Second, []string{"10.0.0.7", "10.0.0.8", "10.0.0.9"}},
		{"too few visitors", []string{"10.0.0.7"}, 19, time.Second, nil},
		{"visitors who come slowly", []string{"10.0.0.7"}, 100, time.Minute, nil},
		{"an office on the internet", []string{"192.0.2.1"}, 100, time.Second, nil},
		{"a company's own network", []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"}, 100, time.Second, nil},
		{"a monitor among visitors", []string{"10.0.0.7", "10.0.0.7", "10.0.0.7", "192.0.2.1"}, 100, time.Second, nil},
	} {
		var h hiddenAddrs
		now, said := time.Unix(1e9, 0), false
		for i := range c.chats {
			now = now.Add(c.every)
			said = h.greeted(chat.ID(fmt.Sprint(i)), netip.MustParseAddr(c.from[i%len(c.from)]), now)
		}
		var got []string
		for _, a := range h.hidden(now) {
			got = append(got, a.String())
		}
		if !slices.Equal(got, c.want) || said != (c.want != nil) {
			t.Errorf("%s: %v, %v, want %v", c.what, got, said, c.want)
		}
		if len(h.last) > hiddenVisitors {
			t.Errorf("%s: %d visitors are remembered", c.what, len(h.last))
		}
		if h.hidden(now.Add(hiddenWithin+time.Second)) != nil {
			t.Errorf("%s: still said although nobody came for long", c.what)
		}
	}
}

// Few visitors who come again and again are not many, and one whose address is seen ends it.
func TestAddressesThatAreSeenAreNotHidden(t *testing.T) {
	var h hiddenAddrs
	now, lb := time.Unix(1e9, 0), netip.MustParseAddr("10.0.0.7")
	for i := range 100 {
		if h.greeted(chat.ID(fmt.Sprint(i%19)), lb, now) {
			t.Fatal("19 visitors count as 20")
		}
	}
	if !h.greeted("another", lb, now) || h.hidden(now) == nil {
		t.Error("20 visitors are not enough")
	}
	if h.greeted("the next", netip.MustParseAddr("192.0.2.1"), now) || h.hidden(now) != nil {
		t.Error("addresses count as hidden although one is seen")
	}
}
