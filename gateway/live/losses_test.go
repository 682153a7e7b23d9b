package live

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// appendReply appends a reply that covers the sequence.
func appendReply(t *testing.T, conn *bus.Conn, id chat.ID, through uint64) chat.Event {
	t.Helper()
	e, err := conn.GuardedAppend(t.Context(), id, 0, nil, func(s bus.Snapshot) (chat.Event, error) {
		next, err := s.State.Apply(chat.Step{Kind: chat.Reply, At: time.Now(), AnsweredThrough: through})
		return chat.Event{Kind: chat.Reply, From: chat.Speaker{Role: chat.RoleBot}, Text: "yes", State: &next}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The copy of a message is lost, and a reply follows on another subject: the reply
// deals with more than came.
func TestTheReplyRevealsALostMessage(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	enter(t, h, id, s)
	lost := appendMessage(t, conn, id, 2)
	reply := appendReply(t, conn, id, lost.Seq)
	h.Live(reply, 0)
	expect(t, client, first.Seq, lost.Seq, reply.Seq)
}

// The NATS client reports only the first of several messages that it drops. Every
// subscriber gets all of them nevertheless.
func TestEventsThatTheNATSClientDropsAreReadAgain(t *testing.T) {
	conn := bustest.Conn(t)
	ctx, cancel := context.WithCancel(context.Background())
	h := NewHub(ctx, conn, Options{Log: zerolog.Nop()})
	gate := &stalled{Hub: h, entered: make(chan struct{}, 1<<16), until: make(chan struct{})}
	h.feed = conn.NewFeed(gate)
	done := make(chan struct{})
	go func() { defer close(done); _ = h.feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; h.running.Wait() })

	busy := chat.NewID()
	s, _ := conntest.Pair(t)
	enter(t, h, busy, s)
	type watcher struct {
		id     chat.ID
		client *websocket.Conn
		want   []uint64
	}
	var watchers []*watcher
	for range 24 { // some of them share the busy chat's queue
		s, c := conntest.Pair(t)
		w := &watcher{id: chat.NewID(), client: c}
		w.want = append(w.want, appendMessage(t, conn, w.id, 1).Seq)
		enter(t, h, w.id, s)
		watchers = append(watchers, w)
	}
	for i := range 6000 { // more than a queue holds
		_ = conn.SendSignal(busy, bus.Signal{What: bus.Read, Seq: uint64(i), From: chat.Speaker{Role: chat.RoleVisitor}})
	}
	<-gate.entered // the queue blocks from now on
	for n := 2; n <= 3; n++ {
		for _, w := range watchers {
			w.want = append(w.want, appendMessage(t, conn, w.id, n).Seq)
		}
	}
	close(gate.until)
	for _, w := range watchers {
		reply := appendReply(t, conn, w.id, w.want[2])
		w.want = append(w.want, reply.Seq, appendMessage(t, conn, w.id, 9).Seq)
	}
	for _, w := range watchers {
		expect(t, w.client, w.want...)
	}
}

// stalled is a hub that blocks at its first signal for a while.
type stalled struct {
	*Hub
	entered, until chan struct{}
}

func (s *stalled) Signal(id chat.ID, sig bus.Signal) {
	s.entered <- struct{}{}
	<-s.until
	s.Hub.Signal(id, sig)
}

func TestALossIsReadByEverySubscriberThatCatchesUp(t *testing.T) {
	h, conn := silentHub(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	var clients []*websocket.Conn
	var enters []func() error
	for range 2 {
		s, c := conntest.Pair(t)
		v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		clients, enters = append(clients, c), append(enters, func() error { return v.Join(t.Context(), at) })
	}
	lost := appendMessage(t, conn, id, 2) // does not come
	h.Lost(id)                            // the reconnect says so
	for _, enter := range enters {
		if err := enter(); err != nil {
			t.Fatal(err)
		}
	}
	reply := appendReply(t, conn, id, lost.Seq)
	h.Live(reply, 0)
	for _, c := range clients {
		expect(t, c, first.Seq, lost.Seq, reply.Seq)
	}
}

// A client that was away for long is sent everything it missed, and the events that
// the gateway holds for it meanwhile are bounded.
func TestALongAbsenceIsReadInParts(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	const n = 700 // of 16 KB each
	var sent []uint64
	for i := range n {
		e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint(i), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: strings.Repeat("😀", chat.MaxText)}
		stored, err := conn.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, stored.Seq)
	}
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, sent[0], false)
	if err != nil {
		t.Fatal(err)
	}
	if !at.more || len(at.events) > n/2 || at.Last != sent[n-1] {
		t.Errorf("the first part has %d of %d events, more: %v, and the chat ends at %d", len(at.events), n, at.more, at.Last)
	}
	entered := make(chan error, 1)
	go func() { entered <- v.Join(t.Context(), at) }()
	expect(t, client, sent[1:]...)
	if err := <-entered; err != nil {
		t.Error(err)
	}
}

// A console joins while a gap is being read without notes.
func TestANoteThatComesWhileAGapIsReadIsSeen(t *testing.T) {
	server := bustest.Start(t)
	conn := server.Connect("gateway")
	ctx, cancel := context.WithCancel(context.Background())
	h := NewHub(ctx, conn, Options{Log: zerolog.Nop()})
	t.Cleanup(func() { cancel(); h.running.Wait() })
	s, _ := conntest.Pair(t)
	as, ac := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v := enter(t, h, id, s)
	w := v.channel
	// what readGap does, step by step
	w.mu.Lock()
	w.rereading = true
	after, reader := w.last, w.reader()
	w.mu.Unlock()
	a, at, err := h.Subscribe(t.Context(), id, as, new(Reading), &chat.Agent{User: "ann"}, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	note := chat.Event{Chat: id, Kind: chat.Note, ID: "n", Text: "n", From: chat.Speaker{Role: chat.RoleAgent, User: "ben"}}
	st, _ := conn.Append(t.Context(), note)
	note.Seq = st.Seq
	h.Live(note, 0)
	m := appendMessage(t, conn, id, 2)
	tail, err := conn.TailOf(t.Context(), id, after, reader)
	if err != nil {
		t.Fatal(err)
	}
	if w.close(tail.Events, reader) {
		t.Error("a gap that was read without notes counts as read")
	}
	if tail, err = conn.TailOf(t.Context(), id, after, chat.RoleAgent); err != nil {
		t.Fatal(err)
	}
	w.close(tail.Events, chat.RoleAgent)
	h.Live(m, first.Seq)
	expect(t, ac, first.Seq, note.Seq, m.Seq)
}

// A note whose live copy is lost, and nothing follows.
func TestTheAuditCountsNotes(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), &chat.Agent{User: "ann"}, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	note, err := conn.Append(t.Context(), chat.Event{Chat: id, Kind: chat.Note, ID: "n", Text: "n", From: chat.Speaker{Role: chat.RoleAgent, User: "ben"}})
	if err != nil {
		t.Fatal(err)
	}
	if !v.channel.behind(t.Context()) {
		t.Error("the audit does not miss the note")
	}
	v.channel.lost()
	expect(t, client, first.Seq, note.Seq)
}
