package live

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// silentHub is a hub whose feed delivers nothing: the test delivers.
func silentHub(t *testing.T) (*Hub, *bus.Conn) {
	t.Helper()
	conn := bustest.Conn(t)
	ctx, cancel := context.WithCancel(context.Background())
	h := NewHub(ctx, conn, Options{Log: zerolog.Nop()})
	t.Cleanup(func() { cancel(); h.running.Wait() })
	return h, conn
}

func appendMessage(t *testing.T, conn *bus.Conn, id chat.ID, n int) chat.Event {
	t.Helper()
	e := chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprint("m", n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: "x"}
	stored, err := conn.AppendIn(t.Context(), e, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Seq = stored.Seq
	return e
}

func enter(t *testing.T, h *Hub, id chat.ID, s *conn.Socket) *Subscription {
	t.Helper()
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	return v
}

func expect(t *testing.T, client *websocket.Conn, seqs ...uint64) {
	t.Helper()
	for i, want := range seqs {
		_ = client.SetReadDeadline(time.Now().Add(bustest.Patience)) // the machine may be busy
		_, data, err := client.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for event %d: %v", want, err)
		}
		var f frame.Event
		if err := json.Unmarshal(data, &f); err != nil || f.Seq != want || i > 0 && f.Prev != seqs[i-1] {
			t.Fatalf("got %s (%v), want event %d", data, err, want)
		}
	}
}

func TestAGapInTheLiveFeedIsReadFromTheStream(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	enter(t, h, id, s)
	expect(t, client, first.Seq)
	lost, last := appendMessage(t, conn, id, 2), appendMessage(t, conn, id, 3)
	h.Live(last, lost.Seq) // names one before it that never came
	expect(t, client, lost.Seq, last.Seq)
	h.Live(last, lost.Seq) // comes twice
	next := appendMessage(t, conn, id, 4)
	h.Live(next, last.Seq)
	expect(t, client, next.Seq)
}

func TestEventsLostWithTheConnectionAreReadFromTheStream(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	enter(t, h, id, s)
	lost := appendMessage(t, conn, id, 1)
	h.Lost(id)
	expect(t, client, lost.Seq)
}

func TestTheAuditFindsALostEventThatNoOtherFollows(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v := enter(t, h, id, s)
	expect(t, client, first.Seq)
	if v.channel.behind(t.Context()) {
		t.Error("behind although everything was delivered")
	}
	lost := appendMessage(t, conn, id, 2)
	if !v.channel.behind(t.Context()) {
		t.Error("not behind although an event was lost")
	}
	v.channel.lost()
	expect(t, client, lost.Seq)
}

func TestEventsThatComeDuringCatchUpAreHeld(t *testing.T) {
	h, conn := silentHub(t)
	s, client := conntest.Pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v, at, err := h.Subscribe(t.Context(), id, s, new(Reading), nil, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	second := appendMessage(t, conn, id, 2)
	h.Live(second, first.Seq)
	if err := v.Join(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	expect(t, client, first.Seq, second.Seq)
}
