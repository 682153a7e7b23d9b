package bus_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// appendKind stores an event of the kind by the call that is for it.
func appendKind(t *testing.T, c *bus.Conn, id chat.ID, kind chat.Kind, text string) (seq uint64, err error) {
	t.Helper()
	e := chat.Event{Chat: id, Kind: kind, ID: "x", From: chat.Speaker{Role: chat.RoleAgent, User: "grace"}, Text: text}
	var stored bus.Stored
	switch {
	case kind.CarriesState():
		e, err = c.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
			e.State = &s.State
			return e, nil
		})
		return e.Seq, err
	case kind == chat.CardChange:
		e.Parts = &chat.Parts{Card: &chat.Card{Title: text}}
		stored, err = c.ChangeCard(t.Context(), id, func(chat.Card) (chat.Event, error) { return e, nil })
	case kind.IsInput():
		stored, err = c.AppendIn(t.Context(), e, nil)
	default:
		stored, err = c.Append(t.Context(), e)
	}
	return stored.Seq, err
}

func sees(events []chat.Event, seq uint64, text string) bool {
	for _, e := range events {
		if e.Seq == seq {
			return e.Text == text
		}
	}
	return false
}

// Each kind of the table is stored on its leaf, sealed if it is to be, and read by
// those who may see it; live copies included.
func TestEveryKindIsStoredAndReadByItsRow(t *testing.T) {
	for _, kind := range chat.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			server, id := bustest.Start(t), chat.NewID()
			c := server.Connect("worker")
			seq, err := appendKind(t, c, id, kind, secret)
			if err != nil {
				t.Fatal(err)
			}
			subject, data, err := c.StoredMessage(t.Context(), id, seq)
			if err != nil || !strings.HasPrefix(subject, "chat.") && kind.VisibleTo(chat.RoleVisitor) {
				t.Errorf("stored on %s (%v), which a visitor's feed does not match", subject, err)
			}
			if leaf := bus.LeafOf(subject); leaf != kind.Leaf() {
				t.Errorf("stored on %s, want the leaf %s", subject, kind.Leaf())
			}
			if strings.Contains(data, secret) == kind.Sealed() {
				t.Errorf("sealed is to be %v: %s", kind.Sealed(), data)
			}
			for _, reader := range []chat.Role{chat.RoleVisitor, chat.RoleAgent} {
				tail, err := c.TailOf(t.Context(), id, 0, reader)
				if err != nil || sees(tail.Events, seq, secret) != kind.VisibleTo(reader) {
					t.Errorf("the %s reads %+v (%v)", reader, tail.Events, err)
				}
			}
		})
	}
}

func TestAKindIsNotAppendedByACallForAnother(t *testing.T) {
	c, id := bustest.Conn(t), chat.NewID()
	for _, kind := range append(chat.Kinds(), bustest.UnknownKind, "") {
		e := chat.Event{Chat: id, Kind: kind, ID: "x", State: &chat.State{}}
		known := kind.Check() == nil
		if _, err := c.AppendIn(t.Context(), e, nil); (err == nil) != kind.IsInput() {
			t.Errorf("%q as an input: %v", kind, err)
		}
		if _, err := c.Append(t.Context(), e); (err == nil) != (known && !kind.IsInput() && !kind.CarriesState() && kind != chat.CardChange) {
			t.Errorf("%q without a guard: %v", kind, err)
		}
		_, err := c.GuardedAppend(t.Context(), id, 0, nil, func(bus.Snapshot) (chat.Event, error) { return e, nil })
		if (err == nil) != kind.CarriesState() {
			t.Errorf("%q with a guard: %v", kind, err)
		}
		e.Parts = &chat.Parts{Card: &chat.Card{}}
		_, err = c.ChangeCard(t.Context(), id, func(chat.Card) (chat.Event, error) { return e, nil })
		if (err == nil) != (kind == chat.CardChange) {
			t.Errorf("%q as a change of the card: %v", kind, err)
		}
		if err := c.RecordDeadLetter(t.Context(), "history", e, 1, errors.New("no")); (err == nil) != known {
			t.Errorf("%q among the dead letters: %v", kind, err)
		}
	}
}

// heard keeps the sequences of live events.
type heard struct {
	mu   sync.Mutex
	seqs []uint64
	lost atomic.Int32
}

func (h *heard) Live(e chat.Event, _ uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seqs = append(h.seqs, e.Seq)
}
func (h *heard) Signal(chat.ID, bus.Signal) {}
func (h *heard) Lost(chat.ID)               { h.lost.Add(1) }

func (h *heard) has(seq uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.seqs {
		if s == seq {
			return true
		}
	}
	return false
}

// Readers get past an event of a later version, wherever it is, and know its place.
func TestAnUnknownKindIsReadPast(t *testing.T) {
	server, id := bustest.Start(t), chat.NewID()
	c := server.Connect("gateway")
	live := &heard{}
	feed := c.NewFeed(live)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	if err := errors.Join(feed.Follow(id), feed.FollowInternal(ctx, id), feed.Followed(ctx)); err != nil {
		t.Fatal(err)
	}
	if _, err := appendKind(t, c, id, chat.Message, "before"); err != nil {
		t.Fatal(err)
	}
	for _, leaf := range []chat.Leaf{chat.LeafMessage, chat.LeafInternal} {
		unknown := server.AppendUnknown(id, leaf, secret)
		tail, err := c.TailOf(t.Context(), id, 0, chat.RoleAgent)
		if err != nil || !sees(tail.Events, unknown, secret) {
			t.Errorf("on %s: the tail is %+v (%v)", leaf, tail.Events, err)
		}
		if last, err := c.LastSeq(t.Context(), id, chat.RoleAgent); err != nil || last != unknown {
			t.Errorf("on %s: the last sequence is %d (%v), want %d", leaf, last, err, unknown)
		}
		bustest.Eventually(t, "its live copy is counted", func() bool { return live.has(unknown) })
	}
	if snap, err := c.Last(t.Context(), id); err != nil || snap.Out != 0 {
		t.Errorf("the state is %+v (%v)", snap, err)
	}
	if n := live.lost.Load(); n != 0 {
		t.Errorf("%d gaps are reported", n)
	}
}

// A worker is never given an event that it does not know, whether one by one or in
// batches. What comes after it is handled, and it waits for a replica that knows it.
func TestAnUnknownKindIsLeftToAnotherReplica(t *testing.T) {
	server, id := bustest.Start(t), chat.NewID()
	c := server.Connect("worker")
	unknown := server.AppendUnknown(id, chat.LeafMessage, secret)
	known, err := appendKind(t, c, id, chat.Message, "after")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	t.Cleanup(func() { cancel(); wg.Wait() })
	var one, batch heard
	wg.Go(func() {
		_ = c.Consume(ctx, bus.Consumer{Name: "bot", Filter: bus.AllMessages, Workers: 2, GaveUp: func(context.Context, bus.Delivery) error {
			t.Error("given up")
			return nil
		}}, func(_ context.Context, d bus.Delivery) error { one.Live(d.Event, 0); return nil })
	})
	wg.Go(func() {
		_ = c.ConsumeBatches(ctx, bus.Consumer{Name: "history"}, func(_ context.Context, events []chat.Event) error {
			for _, e := range events {
				batch.Live(e, 0)
			}
			return nil
		})
	})
	bustest.Eventually(t, "the event after it is handled", func() bool { return one.has(known) && batch.has(known) })
	bustest.Eventually(t, "it comes again", func() bool { return server.Redelivered("bot") == 1 && server.Redelivered("history") == 1 })
	if one.has(unknown) || batch.has(unknown) {
		t.Error("it was handed to a handler")
	}
	if floor, err := c.Acknowledged(t.Context(), id, "history"); err != nil || floor >= unknown {
		t.Errorf("it counts as stored: the floor is %d (%v)", floor, err)
	}
	if list, _, err := c.DeadLetters(t.Context(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("the dead letters are %+v (%v)", list, err)
	}
}
