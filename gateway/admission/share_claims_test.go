package admission

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
)

// An address whose pages claim much of their visitors is told so, and only that one; an office of
// a thousand, whose pages say two kilobytes each now and then, is not.
func TestWhatPagesClaimIsBounded(t *testing.T) {
	a, pass, refused := clocked(byDefault())
	v := a.Visitor(netip.MustParseAddr("192.0.2.1"))
	said := 0
	var no error
	for ; no == nil && said < 10_000; said++ {
		no = v.MayClaim(8 << 10)
	}
	if said < 900 || said > 1100 || refused["attributes-address"] == 0 {
		t.Errorf("said %d times at once; refused: %v", said, refused)
	}
	if r := frame.RefusalOf(no); r.Code != "rate_limited" || r.Retry <= 0 || !strings.HasPrefix(r.Message, "Pages in your network said too much of their visitors this hour") || strings.Contains(r.Message, "%") {
		t.Errorf("refused with %+v", r)
	}
	if no := a.Visitor(netip.MustParseAddr("198.51.100.7")).MayClaim(8 << 10); no != nil {
		t.Errorf("somebody else: %v", no)
	}
	pass(time.Minute)
	if no := v.MayClaim(8 << 10); no != nil {
		t.Errorf("after a minute: %v", no)
	}

	a, pass, _ = clocked(byDefault())
	for i := range 10_000 {
		pass(360 * time.Millisecond)
		if no := a.Visitor(netip.MustParseAddr("192.0.2.1")).MayClaim(2 << 10); no != nil {
			t.Fatalf("after %d of an office: %v", i, no)
		}
	}
}
