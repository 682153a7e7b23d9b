package historyworker

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// batch is what a stream hands over at once.
func batch(id chat.ID, from, to uint64) []chat.Event {
	var events []chat.Event
	for seq := from; seq <= to; seq++ {
		e := visitorSays(id, fmt.Sprint(seq), "x")
		e.Seq, e.At = seq, time.Now()
		events = append(events, e)
	}
	return events
}

// One event that the store never takes is set aside, and only that one.
func TestAnEventThatIsRefusedForGoodBlocksNoOther(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w := New(Options{Log: zerolog.Nop()}, conn, db)
	db.poison.Store(77)
	events := batch(id, 1, 100)
	tries := 0
	for ; w.put(t.Context(), events) != nil; tries++ {
		if tries == 3 { // another stream's events are taken meanwhile
			if err := w.put(t.Context(), batch(chat.NewID(), 1, 3)); err != nil {
				t.Fatal(err)
			}
		}
		if tries > 2*refusals {
			t.Fatal("the batch is never done")
		}
	}
	if tries != refusals-1 {
		t.Errorf("given up after %d failures, want %d", tries+1, refusals)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 99 {
		t.Errorf("the store holds %d events (%v), want all but one", len(page.Events), err)
	}
}

// A store that takes nothing any more (a full disk) answers pings too. Then no
// event is to blame, however often it is tried.
func TestAFullStoreIsNoReasonToGiveUpAnEvent(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w := New(Options{Log: zerolog.Nop()}, conn, db)
	db.full.Store(true)
	events := batch(id, 1, 5)
	for range 5 * refusals {
		if w.put(t.Context(), events) == nil {
			t.Fatal("events were given up")
		}
	}
	db.full.Store(false)
	if err := w.put(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 5 || len(w.suspects) != 0 {
		t.Errorf("the store holds %d events (%v), %d are suspected", len(page.Events), err, len(w.suspects))
	}
}

// So does one at which the store panics, and mended it is taken back.
func TestAnEventAtWhichTheStorePanicsIsSetAsideAndReplayed(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	db.panics.Store(true)
	for i := range 3 {
		s, err := conn.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), "x"), nil)
		if err != nil {
			t.Fatal(err)
		}
		db.poison.Store(s.Seq)
	}
	tail, err := conn.TailOf(t.Context(), id, 0, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	w := New(Options{Log: zerolog.Nop()}, conn, db)
	for tries := 0; w.put(t.Context(), tail.Events) != nil; tries++ {
		if err := w.put(t.Context(), batch(chat.NewID(), 100, 103)); err != nil {
			t.Fatal(err)
		}
		if tries > 2*refusals {
			t.Fatal("the batch is never done")
		}
	}
	list, _, err := conn.DeadLetters(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].Seq != tail.Events[2].Seq || !strings.Contains(list[0].Reason, "panicked") || list[0].Failed != refusals {
		t.Fatalf("the letters are %+v (%v)", list, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.serve(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	if err := conn.ReplayDeadLetter(t.Context(), list[0].Number); err == nil || !strings.Contains(err.Error(), "no event like this") {
		t.Errorf("a replay that the store refuses: %v", err)
	}
	db.poison.Store(0)
	if err := conn.ReplayDeadLetter(t.Context(), list[0].Number); err != nil {
		t.Fatal(err)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 3 || !page.Events[2].At.Equal(tail.Events[2].At) {
		t.Errorf("the store holds %+v (%v)", page.Events, err)
	}
}
