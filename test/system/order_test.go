package system_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A client sends faster than it may and resends what was refused. Its messages are still
// stored in the order in which they were written.
func TestRefusedMessagesKeepTheirOrder(t *testing.T) {
	s := newSystem(t)
	s.history()
	g := s.gateway(func(o *gateway.Options) { o.RatePerConnection = 20 })
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	const messages = 150 // 80 may come at once
	acked := func(id string) bool {
		return slices.ContainsFunc(ada.Frames(), func(f talk.Frame) bool { return f.T == "ack" && f.ID == id })
	}
	answers := func() (n int) {
		for _, f := range ada.Frames() {
			if f.T == "ack" || f.T == "error" {
				n++
			}
		}
		return n
	}
	next, sent := 0, 0
	bustest.Eventually(t, "everything to be acknowledged", func() bool {
		for next < messages && acked(fmt.Sprint("m", next)) {
			next++
		}
		if answers() < sent {
			return false // who goes on without reading the answers is disconnected at some point
		}
		for i := next; i < messages; i++ { // all that is open, in order, at once
			sent++
			ada.Send("t", "send", "id", fmt.Sprint("m", i), "text", fmt.Sprint("number ", i))
		}
		return next == messages
	})
	if !slices.ContainsFunc(ada.Frames(), func(f talk.Frame) bool { return f.Code == "rate_limited" }) {
		t.Error("nothing was refused: the test shows nothing")
	}
	bustest.Eventually(t, "every event", func() bool { return len(ada.Seen()) == messages })
	for i, f := range ada.Seen() {
		if f.ID != fmt.Sprint("m", i) {
			t.Fatalf("event %d is %s", i, f.ID)
		}
	}
}
