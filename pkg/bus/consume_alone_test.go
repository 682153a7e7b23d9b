package bus_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A handler learns whether later events of the same chat wait behind the one it handles.
func TestADeliveryIsAloneIfNothingOfItsChatWaitsBehindIt(t *testing.T) {
	server := bustest.Start(t)
	c, busy, id := server.Connect("gateway"), chat.NewID(), chat.NewID()
	began, proceed := make(chan struct{}), make(chan struct{})
	alone := make(chan bool, 3)
	worker := server.Connect("worker")
	consume(t, worker, bus.Consumer{Name: "botworker", Filter: bus.AllMessages, Workers: 1}, func(_ context.Context, d bus.Delivery) error {
		if d.Event.Chat == busy {
			close(began)
			<-proceed
			return nil
		}
		alone <- d.Alone
		return nil
	})
	write := func(id chat.ID, n int) {
		t.Helper()
		if _, err := c.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, Text: "x", ID: fmt.Sprint("m", n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	write(busy, 0)
	<-began
	for n := range 3 {
		write(id, n)
	}
	bustest.Eventually(t, "the replica to have all of them", func() bool { return server.Held("botworker") == 4 })
	close(proceed)
	for n, want := range []bool{false, false, true} {
		select {
		case got := <-alone:
			if got != want {
				t.Errorf("delivery %d: alone is %v", n+1, got)
			}
		case <-time.After(bustest.Patience):
			t.Fatalf("delivery %d did not come", n+1)
		}
	}
}
