package historyworker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
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

// One event that the store never takes is given up, and only that one.
func TestAnEventThatIsRefusedForGoodBlocksNoOther(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w := New(Options{Log: zerolog.Nop()}, conn, db, nil)
	db.poison.Store(77)
	events := batch(id, 1, 100)
	tries := 0
	for ; w.put(t.Context(), events) != nil; tries++ {
		if tries == 3 { // another stream's events are taken meanwhile
			if err := w.put(t.Context(), batch(chat.NewID(), 1, 3)); err != nil {
				t.Fatal(err)
			}
		}
		if tries > 2*maxRefusals {
			t.Fatal("the batch is never done")
		}
	}
	if tries != maxRefusals-1 {
		t.Errorf("given up after %d failures, want %d", tries+1, maxRefusals)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 99 {
		t.Errorf("the store holds %d events (%v), want all but one", len(page.Events), err)
	}
	if n := len(w.quarantine.events); n != 0 {
		t.Errorf("%d events are remembered after their batch is done", n)
	}
}

// The replica that gave an event up dies before its batch is acknowledged, and another
// one is given the batch. It need not find out for itself, in a minute and a half.
func TestAnEventThatAnotherReplicaGaveUpIsGivenUpAtOnce(t *testing.T) {
	server, id, db := bustest.Start(t), chat.NewID(), newStore(t)
	conn := server.Connect("another replica")
	events := batch(id, 1, 20)
	if err := server.Connect("a replica").RecordDeadLetter(t.Context(), roles.Storing.Name, events[6], maxRefusals, errors.New("no event like this")); err != nil {
		t.Fatal(err)
	}
	w := New(Options{Log: zerolog.Nop()}, conn, db, nil)
	db.poison.Store(7)
	if err := w.put(t.Context(), events); err != nil {
		t.Fatalf("the batch is not done: %v", err)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 19 {
		t.Errorf("the store holds %d events (%v), want all but one", len(page.Events), err)
	}
	if list, _, err := conn.DeadLetters(t.Context(), 0, 10); err != nil || len(list) != 1 {
		t.Errorf("there are %d dead letters (%v), want the one", len(list), err)
	}
	// Nothing else is given up so quickly.
	db.poison.Store(15)
	if err := w.put(t.Context(), batch(chat.NewID(), 1, 20)); err == nil {
		t.Error("an event was given up at its first refusal")
	}
}

// Whatever the replica learned of a batch that is not done yet is used at the next
// try: the batch is stored without the events that are given up.
func TestABatchWithSeveralRefusedEventsIsDoneWithoutThem(t *testing.T) {
	q := newQuarantine()
	events := batch(chat.NewID(), 1, 5)
	for range 3 {
		q.refused(events[1], 0)
	}
	if r := q.refused(events[1], 9); r.count != 4 || r.taken != 0 {
		t.Errorf("%+v, want the fourth refusal since no batch was taken", r)
	}
	q.giveUp(events[1])
	q.giveUp(events[3])
	if rest := q.pass(events); !slices.Equal(seqs(rest), []uint64{1, 3, 5}) {
		t.Errorf("%v are stored", seqs(rest))
	}
	q.release(events)
	if rest := q.pass(events); len(rest) != 5 || len(q.events) != 0 {
		t.Errorf("after the batch was done %d are known", len(q.events))
	}
}

// A store that takes nothing anymore (a full disk) answers pings too. Then no event
// is to blame, however often it is tried.
func TestAFullStoreIsNoReasonToGiveUpAnEvent(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w := New(Options{Log: zerolog.Nop()}, conn, db, nil)
	db.full.Store(true)
	events := batch(id, 1, 5)
	for range 5 * maxRefusals {
		if w.put(t.Context(), events) == nil {
			t.Fatal("events were given up")
		}
	}
	db.full.Store(false)
	if err := w.put(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 5 || len(w.quarantine.events) != 0 {
		t.Errorf("the store holds %d events (%v), %d are in quarantine", len(page.Events), err, len(w.quarantine.events))
	}
}

// A store with a shard that is away answers pings, and takes what belongs to the other
// shards. Then no event of that shard is to blame, however often it is tried.
func TestAShardThatIsAwayIsNoReasonToGiveUpAnEvent(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	var log bytes.Buffer
	w := New(Options{Log: zerolog.New(&log)}, conn, db, nil)
	db.shard.Store(id)
	events := append(batch(chat.NewID(), 1, 3), batch(id, 1, 5)...)
	for range 3 * maxRefusals {
		if w.put(t.Context(), events) == nil {
			t.Fatal("events were given up")
		}
		if err := w.put(t.Context(), batch(chat.NewID(), 1, 1)); err != nil {
			t.Fatalf("what belongs to another shard is not taken: %v", err)
		}
	}
	if n := len(w.quarantine.events); n != 0 {
		t.Errorf("%d events are in quarantine", n)
	}
	db.shard.Store(chat.NewID())
	if err := w.put(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	page, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 200})
	if err != nil || len(page.Events) != 5 {
		t.Errorf("the store holds %d events (%v), want all", len(page.Events), err)
	}
	if list, _, err := conn.DeadLetters(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("there are %d dead letters (%v)", len(list), err)
	}
	if strings.Contains(log.String(), "is back") {
		t.Errorf("what other shards take counts as the end of the outage:\n%s", log.String())
	}
}

// The same goes for an event at which the store panics; it can be replayed later.
func TestAnEventAtWhichTheStorePanicsIsGivenUpAndReplayed(t *testing.T) {
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
	w := New(Options{Log: zerolog.Nop()}, conn, db, nil)
	for tries := 0; w.put(t.Context(), tail.Events) != nil; tries++ {
		if err := w.put(t.Context(), batch(chat.NewID(), 100, 103)); err != nil {
			t.Fatal(err)
		}
		if tries > 2*maxRefusals {
			t.Fatal("the batch is never done")
		}
	}
	list, _, err := conn.DeadLetters(t.Context(), 0, 10)
	if err != nil || len(list) != 1 || list[0].Seq != tail.Events[2].Seq || !strings.Contains(list[0].Reason, "panicked") || list[0].Failed != maxRefusals {
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
