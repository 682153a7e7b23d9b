package system_test

import (
	"fmt"
	"testing"
)

// A gateway that is told to stop while NATS is away does not first try each frame
// that a client still sends. (A replica that takes over 20 s to stop fails.)
func TestAGatewayStopsWhileNATSIsAway(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	s.nats.Stop()
	for i := range 20 {
		ada.write("t", "send", "id", fmt.Sprint("m", i), "text", "x")
	}
	g.stop()
}
