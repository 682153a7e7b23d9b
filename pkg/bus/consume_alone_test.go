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
	c, id, next := server.Connect("gateway"), chat.NewID(), chat.NewID()
	for c.StreamOf(next) != c.StreamOf(id) {
		next = chat.NewID()
	}
	began, proceed, arrived := make(chan struct{}), make(chan struct{}), make(chan struct{})
	alone := make(chan bool, 3)
	first := true
	worker := server.Connect("worker")
	consume(t, worker, bus.Consumer{Name: "botworker", Filter: bus.AllMessages, Workers: 2}, func(_ context.Context, d bus.Delivery) error {
		switch {
		case d.Event.Chat == next:
			close(arrived)
		case first: // one chat's events are handled one after the other
			first = false
			close(began)
			<-proceed
		default:
			alone <- d.Alone
		}
		return nil
	})
	write := func(id chat.ID, n int) {
		t.Helper()
		if _, err := c.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, Text: "x", ID: fmt.Sprint("m", n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	wait := func(what string, c chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(bustest.Patience):
			t.Fatal("not in time: " + what)
		}
	}
	write(id, 0)
	wait("the first one is handled", began)
	for n := range 3 {
		write(id, 1+n)
	}
	// NATS counts as delivered what is still on its way. But one stream's deliveries arrive in
	// order: the others are here once one after them is handled.
	write(next, 0)
	wait("one after all of them is handled", arrived)
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
