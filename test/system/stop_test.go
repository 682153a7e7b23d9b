package system_test

import (
	"fmt"
	"testing"

	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A gateway that has to stop while NATS is down does not first try each frame that a
// client still sends: with this many that would outlast the test's patience.
func TestAGatewayStopsWhileNATSIsDown(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	s.nats.Stop()
	for i := range 200 {
		ada.Send("t", "send", "id", fmt.Sprint("m", i), "text", "x")
	}
	g.stop()
}
