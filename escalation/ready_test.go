package escalation

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// It is not ready before it sees the desk, or agents would be routed to a replica that
// can do nothing for them.
func TestItIsReadyWhenItsBucketsAreOpen(t *testing.T) {
	w, err := New(Options{Log: zerolog.Nop()}, bustest.Conn(t))
	if err != nil {
		t.Fatal(err)
	}
	if w.Ready() == nil {
		t.Error("it is ready before it has opened anything")
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	bustest.Eventually(t, "it is ready", func() bool { return w.Ready() == nil })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
