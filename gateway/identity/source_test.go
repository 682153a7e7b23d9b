package identity

import (
	"net/netip"
	"testing"
)

func TestASourceStandsForABlockAndNeedsTheKey(t *testing.T) {
	one, other := &Directory{source: []byte("one key")}, &Directory{source: []byte("another key")}
	source := func(d *Directory, addr string) string { return d.Source(netip.MustParseAddr(addr)) }
	for _, same := range [][2]string{{"192.0.2.7", "::ffff:192.0.2.7"}, {"2001:db8:1:2::1", "2001:db8:1:2:ffff::9"}} {
		if a, b := source(one, same[0]), source(one, same[1]); a != b || len(a) != 2*sourceBytes {
			t.Errorf("%v: %q and %q, want one source", same, a, b)
		}
	}
	if source(one, "192.0.2.7") == source(one, "192.0.2.8") || source(one, "2001:db8:1:2::1") == source(one, "2001:db8:1:3::1") {
		t.Error("two blocks have one source")
	}
	if source(one, "192.0.2.7") == source(other, "192.0.2.7") {
		t.Error("the source does not depend on the key")
	}
	if got := one.Source(netip.Addr{}); got != "" {
		t.Errorf("an unknown address has the source %q", got)
	}
}
