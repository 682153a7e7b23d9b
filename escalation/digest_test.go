package escalation

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A visitor who presses "cancel" again and again in a long chat with the bot must not have
// all of it read each time: a request that is refused leaves no trace in the state.
func TestWhatOneRequestReadsDoesNotGrowWithTheChat(t *testing.T) {
	t.Parallel()
	server := &counted{Server: bustest.Start(t)}
	conn, err := bus.Connect(t.Context(), bus.Options{InProcess: server, Name: "replica", Streams: 1, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	w, err := New(Options{MaxWaiting: 10, WaitingPerAddress: 10}, conn)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.openOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	id, n := chat.NewID(), 0
	in := func(e chat.Event) chat.Event {
		n++
		e.Chat, e.ID, e.From = id, fmt.Sprint(n), chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}
		stored, err := conn.AppendIn(t.Context(), e, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Seq, e.At = stored.Seq, time.Now()
		return e
	}
	cost := func(what chat.RequestKind) int64 {
		e := in(chat.Event{Kind: chat.Request, Request: what})
		before := server.bytes.Load()
		if err := w.handle(t.Context(), bus.Delivery{Event: e, Tries: 1}); err != nil {
			t.Fatal(err)
		}
		return server.bytes.Load() - before
	}
	short := int64(0)
	for _, size := range []int{10, 100, 1000} {
		for n < size {
			in(chat.Event{Kind: chat.Message, Text: strings.Repeat("x", 100)})
		}
		cost(chat.Cancel) // which reads what is new, once
		for range 5 {
			read := cost(chat.Cancel)
			if short == 0 {
				short = read
			}
			if read > short+2000 {
				t.Errorf("a cancel in a chat of %d events read %d bytes, and %d when the chat was short", n, read, short)
			}
		}
	}
	// Given several at once, or once more, the replica need not even look at the log.
	var given []chat.Event
	for range 20 {
		given = append(given, in(chat.Event{Kind: chat.Request, Request: chat.Cancel}))
	}
	handle := func(e chat.Event) int64 {
		before := server.bytes.Load()
		if err := w.handle(t.Context(), bus.Delivery{Event: e, Tries: 1}); err != nil {
			t.Fatal(err)
		}
		return server.bytes.Load() - before
	}
	first := handle(given[0])
	for _, e := range given[1:] {
		if again := handle(e); again > first/2 {
			t.Errorf("a cancel that was seen already read %d bytes, the first of them %d", again, first)
		}
	}
	// What is remembered of refused requests keeps no later one from its effect, nor is
	// one of them granted late.
	cost(chat.Escalate)
	if now, err := conn.Last(t.Context(), id); err != nil || now.State.Is() != chat.Waiting || now.State.RequestsThrough != uint64(n) || now.State.Visitor != "Ada" {
		t.Errorf("%+v, %v: want the chat to wait, with all requests decided", now.State, err)
	}
	if cost(chat.Escalate); w.digests.of(id, chat.State{}).through != 0 {
		t.Error("what is known of one state is used in another one")
	}
	cost(chat.Cancel)
	if now, err := conn.Last(t.Context(), id); err != nil || now.State.Is() != chat.WithBot {
		t.Errorf("%+v, %v: want the chat to be with the bot", now.State, err)
	}
}

// What a replica remembers has a bound, and what it has forgotten it reads again.
func TestDigestsAreBounded(t *testing.T) {
	var m digests
	id := chat.NewID()
	put := func(id chat.ID) {
		m.keep(id, view{events: []chat.Event{{Seq: 7, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}}}})
	}
	put(id)
	if got := m.of(id, chat.State{}); got.through != 7 || got.lastInput != 7 || got.visitor != "Ada" {
		t.Errorf("%+v", got)
	}
	if got := m.of(id, chat.State{RequestsThrough: 3}); got != (digest{}) {
		t.Errorf("in another state: %+v", got)
	}
	for range 3 * maxDigests {
		put(chat.NewID())
	}
	if held := len(m.young) + len(m.old); held > 2*maxDigests {
		t.Errorf("%d chats are remembered", held)
	}
	if got := m.of(id, chat.State{}); got != (digest{}) {
		t.Errorf("it was not forgotten: %+v", got)
	}
}
