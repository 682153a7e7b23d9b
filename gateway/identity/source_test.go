package identity

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestASourceStandsForABlockAndNeedsTheKey(t *testing.T) {
	one, other := &Directory{source: []byte("one key")}, &Directory{source: []byte("another key")}
	source := func(d *Directory, addr string) string { return d.Source(netip.MustParseAddr(addr)) }
	for _, same := range [][2]string{{"192.0.2.7", "::ffff:192.0.2.7"}, {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}} {
		if a, b := source(one, same[0]), source(one, same[1]); a != b || a == "" {
			t.Errorf("%v: %q and %q, want one source", same, a, b)
		}
	}
	if source(one, "192.0.2.7") == source(one, "192.0.2.8") || source(one, "2001:db8:1:2::1") == source(one, "2001:db8:1:3::1") {
		t.Error("two blocks have one source")
	}
	for _, c := range []struct {
		a, b   string
		shared []bool // narrowest level first
	}{
		{"192.0.2.7", "192.0.2.8", []bool{false, true}},
		{"192.0.2.7", "192.0.3.7", []bool{false, false}},
		{"2001:db8:1:200::1", "2001:db8:1:2ff::1", []bool{false, true, true}},
		{"2001:db8:1:200::1", "2001:db8:1:300::1", []bool{false, false, true}},
		{"2001:db8:1::1", "2001:db8:2::1", []bool{false, false, false}},
	} {
		a, b := chat.SourceLevels(source(one, c.a)), chat.SourceLevels(source(one, c.b))
		if len(a) != len(c.shared) || len(b) != len(c.shared) {
			t.Fatalf("%s and %s have the levels %v and %v", c.a, c.b, a, b)
		}
		for i, shared := range c.shared {
			if (a[i] == b[i]) != shared || len(a[i]) != 2*sourceBytes || slices.Contains(a[i+1:], a[i]) {
				t.Errorf("level %d of %s and %s: %v and %v", i, c.a, c.b, a, b)
			}
		}
	}
	if source(one, "192.0.2.7") == source(other, "192.0.2.7") {
		t.Error("the source does not depend on the key")
	}
	if got := one.Source(netip.Addr{}); got != "" {
		t.Errorf("an unknown address has the source %q", got)
	}
}
