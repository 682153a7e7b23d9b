package historyworker

import (
	"fmt"
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
