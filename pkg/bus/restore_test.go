package bus_test

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Empty streams are raised as often as one likes, to one sequence; those that have events, or had
// some, never.
func TestOnlyEmptyStreamsGoOnAboveASequence(t *testing.T) {
	t.Parallel()
	conn := bustest.Start(t).Connect("import")
	id := chat.NewID()
	if below, err := conn.RestoredBelow(t.Context(), id); err != nil || below != 0 {
		t.Fatalf("before: %d, %v", below, err)
	}
	highest := make([]uint64, 1+bus.MaxMoves)
	highest[0] = 5000
	for range 2 {
		if err := conn.GoOnAbove(t.Context(), highest); err != nil {
			t.Fatal(err)
		}
	}
	if below, err := conn.RestoredBelow(t.Context(), id); err != nil || below != 5001 {
		t.Errorf("the stream's own events begin at %d, %v", below, err)
	}
	first, err := conn.AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m1", From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hi"}, nil)
	if err != nil || first.Seq != 5001 {
		t.Fatalf("the first event is %d, %v", first.Seq, err)
	}
	if err := conn.GoOnAbove(t.Context(), highest); !errors.Is(err, bus.ErrNotEmpty) {
		t.Errorf("with an event: %v", err)
	}
}
