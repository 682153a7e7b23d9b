package historyworker

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
)

// Promise 6: whatever was accepted is in the store exactly once. Two workers on
// one database; one is stopped and started again, and the store goes down and
// comes back, all while visitors write.
func TestPromise6HistoryIsComplete(t *testing.T) {
	server, path := bustest.Start(t), filepath.Join(t.TempDir(), "parley.db")
	conn, db1, db2 := server.Connect("visitors"), openStore(t, path), openStore(t, path)
	run(t, server.Connect("worker 1"), db1, time.Hour)
	conn2 := server.Connect("worker 2")
	_, stop := run(t, conn2, db2, time.Hour)

	const chats = 20
	var ids [chats]chat.ID
	var accepted [chats][]uint64
	for i := range ids {
		ids[i] = chat.NewID()
	}
	write := func(part int) {
		var wg sync.WaitGroup
		for i, id := range ids {
			wg.Go(func() {
				for n := range 15 {
					s, err := conn.AppendIn(t.Context(), visitorSays(id, fmt.Sprintf("%d.%d", part, n), "x"), nil)
					if err != nil {
						t.Error(err)
						return
					}
					accepted[i] = append(accepted[i], s.Seq)
				}
			})
		}
		wg.Wait()
	}
	write(1)
	stop()
	write(2)
	db1.down.Store(true)
	write(3)
	_, stop = run(t, conn2, db2, time.Hour)
	write(4)
	bustest.Eventually(t, "the first worker misses its store", func() bool { return db1.refused.Load() > 0 })
	db1.down.Store(false)
	stop()
	write(5)

	for i, id := range ids {
		want := accepted[i]
		stored(t, conn, id, want[len(want)-1])
		page, err := db1.Page(t.Context(), store.PageQuery{Chat: id, Limit: store.MaxPage, Reader: chat.RoleAgent})
		if err != nil {
			t.Fatal(err)
		}
		if got := seqs(page.Events); !slices.Equal(got, want) {
			t.Errorf("chat %s: the store holds %v\naccepted was %v", id, got, want)
		}
	}
}

// Promise 6, the other half: a page read right after an acknowledgment
// contains the message, although nothing reaches the store.
func TestPromise6APageContainsWhatWasJustAcknowledged(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	run(t, conn, db, time.Hour)
	early := say(t, conn, id, "early")
	stored(t, conn, id, early)
	db.hold()
	want := []uint64{early}
	for i := range 30 {
		want = append(want, say(t, conn, id, fmt.Sprint(i)))
		if got := seqs(call(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 200}).Events); !slices.Equal(got, want) {
			t.Fatalf("after %d was acknowledged the page holds %v", want[len(want)-1], got)
		}
	}
	in, err := db.Page(t.Context(), store.PageQuery{Chat: id, Limit: 100})
	if err != nil || len(in.Events) != 1 {
		t.Errorf("the store holds %d events (%v): the test proves nothing", len(in.Events), err)
	}
}

func TestAnOutageOfTheStoreLosesNothing(t *testing.T) {
	conn, id, db := bustest.Conn(t), chat.NewID(), newStore(t)
	w, _ := run(t, conn, db, time.Hour)
	db.down.Store(true)
	want := make([]uint64, 700) // more than a batch
	var wg sync.WaitGroup
	for i := range want {
		wg.Go(func() {
			s, err := conn.AppendIn(t.Context(), visitorSays(id, fmt.Sprint(i), "x"), nil)
			if err != nil {
				t.Error(err)
			}
			want[i] = s.Seq
		})
	}
	wg.Wait()
	slices.Sort(want)
	bustest.Eventually(t, "some tries", func() bool { return db.refused.Load() >= 3 })
	if w.Ready() == nil {
		t.Error("the worker says that it is ready")
	}
	if _, err := bus.Call(t.Context(), conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 10}); err == nil {
		t.Error("there is a page while the store is down")
	}
	db.down.Store(false)
	stored(t, conn, id, want[len(want)-1])
	if err := w.Ready(); err != nil {
		t.Error(err)
	}
	if got := walk(t, conn, id, 200, chat.RoleAgent); !slices.Equal(got, want) {
		t.Errorf("%d events, want %d", len(got), len(want))
	}
}

// Promise 2, the store's part: beyond the stream's memory of message ids an event
// is still stored once. A server that restarts after a purge has forgotten
// them all, so the stream does take the message twice.
func TestPromise2OneClientIDIsStoredOnceBeyondTheWindow(t *testing.T) {
	dir, id, db := t.TempDir(), chat.NewID(), newStore(t)
	conn, end := serverOn(t, dir)
	_, stop := run(t, conn, db, time.Nanosecond)
	first := say(t, conn, id, "m1")
	stored(t, conn, id, first)
	if _, err := conn.PurgeStored(t.Context(), roles.Storing.Name, time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	stop()
	end()

	conn, _ = serverOn(t, dir)
	run(t, conn, db, time.Nanosecond)
	if found := call(t, conn, roles.HistoryFind, roles.FindRequest{Chat: id, ID: "m1"}); found.Seq != first {
		t.Errorf("a resend is found at %d, want %d", found.Seq, first)
	}
	db.hold()
	again := say(t, conn, id, "m1")
	if again == first {
		t.Fatal("the stream still knew the id: the test proves nothing")
	}
	page := func() []uint64 {
		return seqs(call(t, conn, roles.HistoryPage, roles.PageRequest{Chat: id, Limit: 10}).Events)
	}
	if got := page(); !slices.Equal(got, []uint64{first}) {
		t.Errorf("before it is stored the page shows %v, want %d only", got, first)
	}
	db.release()
	stored(t, conn, id, again)
	if got := page(); !slices.Equal(got, []uint64{first}) {
		t.Errorf("after it is stored the page shows %v, want %d only", got, first)
	}
}

// serverOn starts a NATS server on a folder that may hold streams already.
func serverOn(t *testing.T, dir string) (conn *bus.Conn, end func()) {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Dir: dir, SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	conn, err = bus.Connect(ctx, bus.Options{InProcess: s, Name: "test", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	end = func() { once.Do(func() { conn.Close(); s.Close() }) }
	t.Cleanup(end)
	return conn, end
}
