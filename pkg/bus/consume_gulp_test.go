package bus_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// An event that is stored while no pull waits wakes nobody. So events for the store are
// pulled together, after a pause, rather than each as it comes.
func TestAfterAnEventForTheStoreNoPullWaitsForTheNext(t *testing.T) {
	t.Parallel()
	server := bustest.Start(t)
	c, id := server.Connect("history"), chatIn(0)
	var stored atomic.Int32
	consumeBatches(t, c, func(events []chat.Event) error { stored.Add(int32(len(events))); return nil })
	waits := func() bool { return server.Waiting("history", "CHAT_0") > 0 }
	bustest.Eventually(t, "a pull waits", waits)
	n := int32(0)
	bustest.Eventually(t, "no pull waits after an event", func() bool {
		n++
		says(t, c, id, fmt.Sprint(n))
		return !waits()
	})
	bustest.Eventually(t, "nothing is left behind, and a pull waits again", func() bool { return stored.Load() == n && waits() })
}
