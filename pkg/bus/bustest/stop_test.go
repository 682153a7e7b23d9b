package bustest_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// Whoever waits after a restart until a connection is ready waits for the new one.
func TestAConnectionIsNotReadyOnceItsServerHasStopped(t *testing.T) {
	for range 5 {
		server := bustest.Start(t)
		c := server.Connect("gateway")
		server.Stop()
		if c.Ready() == nil {
			t.Error("it is still ready")
		}
	}
}
