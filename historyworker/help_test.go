package historyworker

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/store/sqlitestore"
)

var errDown = errors.New("the store is down")

// flaky is a real store that can be down (every call fails), be full (every write
// fails), lack the shard of one chat (writes with it fail), hold writes back, or refuse
// one sequence for good.
type flaky struct {
	store.Store
	down, full atomic.Bool
	panics     atomic.Bool  // instead of refusing the poison
	refused    atomic.Int64 // writes
	poison     atomic.Uint64
	asked      atomic.Int64 // calls of Sent
	shard      atomic.Value // the chat.ID whose shard is away

	mu   sync.Mutex
	held chan struct{} // while writes are held back; closed on release
}

// hold holds writes back until release, so that only the streams have new events. (It
// does not refuse them: the delay before the next try would grow.)
func (f *flaky) hold() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held = make(chan struct{})
}

func (f *flaky) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.held)
	f.held = nil
}

func (f *flaky) waiting() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held
}

func (f *flaky) gone() error {
	if f.down.Load() {
		return errDown
	}
	return nil
}

func (f *flaky) Put(ctx context.Context, events []chat.Event) error {
	if held := f.waiting(); held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if f.down.Load() || f.full.Load() {
		f.refused.Add(1)
		return errDown
	}
	for _, e := range events {
		if f.shard.Load() == e.Chat {
			return fmt.Errorf("store: %w", &store.DownError{Sentence: "a shard is away", Part: true})
		}
		if p := f.poison.Load(); p != 0 && e.Seq == p {
			f.refused.Add(1)
			if f.panics.Load() {
				panic("no event like this")
			}
			return errors.New("no event like this")
		}
	}
	return f.Store.Put(ctx, events)
}

func (f *flaky) Page(ctx context.Context, q store.PageQuery) (store.Page, error) {
	if err := f.gone(); err != nil {
		return store.Page{}, err
	}
	return f.Store.Page(ctx, q)
}

func (f *flaky) Find(ctx context.Context, id chat.ID, role chat.Role, clientID string) (chat.Event, error) {
	if err := f.gone(); err != nil {
		return chat.Event{}, err
	}
	return f.Store.Find(ctx, id, role, clientID)
}

func (f *flaky) Sent(ctx context.Context, id chat.ID, names []store.Name) (map[store.Name]uint64, error) {
	if err := f.gone(); err != nil {
		return nil, err
	}
	f.asked.Add(1)
	return f.Store.Sent(ctx, id, names)
}

func (f *flaky) LastOut(ctx context.Context, id chat.ID) (chat.Event, error) {
	if err := f.gone(); err != nil {
		return chat.Event{}, err
	}
	return f.Store.LastOut(ctx, id)
}

func (f *flaky) Chats(ctx context.Context, q store.ChatsQuery) (store.Chats, error) {
	if err := f.gone(); err != nil {
		return store.Chats{}, err
	}
	return f.Store.Chats(ctx, q)
}

func (f *flaky) Ping(ctx context.Context) error {
	if err := f.gone(); err != nil {
		return err
	}
	return f.Store.Ping(ctx)
}

func openStore(t testing.TB, path string) *flaky {
	t.Helper()
	s, err := sqlitestore.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &flaky{Store: s}
}

func newStore(t testing.TB) *flaky {
	return openStore(t, filepath.Join(t.TempDir(), "parley.db"))
}

// run runs a worker until the returned function is called, or the test ends. It returns
// when the worker answers calls.
func run(t testing.TB, conn *bus.Conn, s store.Store, retention time.Duration) (w *Worker, stop func()) {
	t.Helper()
	return runWith(t, conn, s, nil, Options{Retention: retention, Log: zerolog.Nop()})
}

// runWith is run with a file store.
func runWith(t testing.TB, conn *bus.Conn, s store.Store, f files.Store, opts Options) (w *Worker, stop func()) {
	t.Helper()
	w = New(opts, conn, s, f)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() { cancel(); <-done }
	t.Cleanup(stop)
	bustest.Eventually(t, "the worker answers", func() bool {
		_, err := bus.Call(t.Context(), conn, roles.HistoryFind, roles.FindRequest{Chat: chat.NewID(), ID: "x"})
		return err == nil || s.Ping(t.Context()) != nil
	})
	return w, stop
}

func visitorSays(id chat.ID, clientID, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Message, ID: clientID, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: text}
}

// say stores a visitor's message and returns its sequence.
func say(t testing.TB, conn *bus.Conn, id chat.ID, clientID string) uint64 {
	t.Helper()
	stored, err := conn.AppendIn(t.Context(), visitorSays(id, clientID, "words of "+clientID), nil)
	if err != nil {
		t.Fatal(err)
	}
	return stored.Seq
}

func note(t testing.TB, conn *bus.Conn, id chat.ID, clientID string) uint64 {
	t.Helper()
	stored, err := conn.Append(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: clientID, From: chat.Speaker{Role: chat.RoleAgent, User: "grace"}, Text: "for us"})
	if err != nil {
		t.Fatal(err)
	}
	return stored.Seq
}

// change changes the chat as the system and returns the sequence.
func change(t testing.TB, conn *bus.Conn, id chat.ID, reason chat.Reason) uint64 {
	t.Helper()
	e, err := conn.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: reason, At: time.Now(), By: chat.Agent{User: "grace", Name: "Grace"}})
		return chat.Event{Kind: chat.StateChange, Reason: reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e.Seq
}

// stored waits until everything in the chat's stream up to seq is stored and
// acknowledged. It is patient: after a long outage of the store the next try may be
// fifteen seconds away.
func stored(t testing.TB, conn *bus.Conn, id chat.ID, seq uint64) {
	t.Helper()
	bustest.Eventually(t, fmt.Sprintf("chat %s is stored up to %d", id, seq), func() bool {
		floor, err := conn.Acknowledged(t.Context(), id, roles.Storing.Name)
		return err == nil && floor >= seq
	})
}

func call[Req, Resp any](t testing.TB, conn *bus.Conn, ep bus.Endpoint[Req, Resp], req Req) Resp {
	t.Helper()
	resp, err := bus.Call(t.Context(), conn, ep, req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// walk pages from the chat's end to its beginning and checks that each page ends with
// the Prev of the page after it.
func walk(t testing.TB, conn *bus.Conn, id chat.ID, limit int, reader chat.Role) []uint64 {
	t.Helper()
	var all []uint64
	req := roles.PageRequest{Chat: id, Limit: limit}
	for prev := uint64(0); ; {
		p, err := roles.AskPage(t.Context(), conn, reader, req)
		if err != nil {
			t.Fatal(err)
		}
		if prev != 0 && (len(p.Events) == 0 || p.Events[len(p.Events)-1].Seq != prev) {
			t.Fatalf("the page before %d ends not with %d: %v", req.Before, prev, seqs(p.Events))
		}
		all = append(seqs(p.Events), all...)
		if p.Prev == 0 {
			return all
		}
		prev, req.Before = p.Prev, p.Events[0].Seq
	}
}
