package system_test

import (
	"fmt"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// A client sends faster than it may and sends again what was turned away. What it
// wrote is stored in the order in which it was written all the same.
func TestWhatIsTurnedAwayKeepsItsPlace(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway(func(o *gateway.Options) { o.RatePerConnection = 20 })
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	const messages = 150 // 80 may come at once
	turnedAway := false
	acked := func(id string) bool {
		ada.mu.Lock()
		defer ada.mu.Unlock()
		for _, f := range ada.frames {
			turnedAway = turnedAway || f.Code == "rate_limited"
			if f.T == "ack" && f.ID == id {
				return true
			}
		}
		return false
	}
	next := 0
	bustest.Eventually(t, "everything to be acknowledged", func() bool {
		for next < messages && acked(fmt.Sprint("m", next)) {
			next++
		}
		for i := next; i < messages; i++ { // all that is open, in order, at once
			ada.write("t", "send", "id", fmt.Sprint("m", i), "text", fmt.Sprint("number ", i))
		}
		return next == messages
	})
	if !turnedAway {
		t.Error("nothing was turned away: the test shows nothing")
	}
	bustest.Eventually(t, "every event", func() bool { return len(ada.seen()) == messages })
	for i, f := range ada.seen() {
		if f.ID != fmt.Sprint("m", i) {
			t.Fatalf("event %d is %s", i, f.ID)
		}
	}
}
