package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// pair returns a server's socket and the client's end of it.
func pair(t *testing.T) (*socket, *websocket.Conn) {
	t.Helper()
	sockets := make(chan *socket, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader(visitorProtocol).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		sockets <- newSocket(ws, &budget{max: heldBudget, sockets: func() []*socket { return nil }})
	}))
	t.Cleanup(server.Close)
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := <-sockets
	t.Cleanup(func() { s.abort(); _ = client.Close() })
	return s, client
}

// silentHub is a hub whose feed delivers nothing: the test says what is heard.
func silentHub(t *testing.T) (*hub, *bus.Conn) {
	t.Helper()
	conn := bustest.Conn(t)
	ctx, cancel := context.WithCancel(context.Background())
	h := newHub(ctx, conn, newMetrics(prometheus.NewRegistry()), zerolog.Nop())
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

func enter(t *testing.T, h *hub, id chat.ID, s *socket) *view {
	t.Helper()
	v, at, err := h.look(t.Context(), id, s, nil, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.enter(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	return v
}

func expect(t *testing.T, client *websocket.Conn, seqs ...uint64) {
	t.Helper()
	for i, want := range seqs {
		_ = client.SetReadDeadline(time.Now().Add(time.Minute)) // the machine may be busy
		_, data, err := client.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for event %d: %v", want, err)
		}
		var f eventFrame
		if err := json.Unmarshal(data, &f); err != nil || f.Seq != want || i > 0 && f.Prev != seqs[i-1] {
			t.Fatalf("got %s (%v), want event %d", data, err, want)
		}
	}
}

func TestAGapInTheLiveFeedIsReadFromTheStream(t *testing.T) {
	h, conn := silentHub(t)
	s, client := pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	enter(t, h, id, s)
	expect(t, client, first.Seq)
	lost, last := appendMessage(t, conn, id, 2), appendMessage(t, conn, id, 3)
	h.Live(last, lost.Seq) // says that it follows one that was never heard
	expect(t, client, lost.Seq, last.Seq)
	h.Live(last, lost.Seq) // heard twice
	next := appendMessage(t, conn, id, 4)
	h.Live(next, last.Seq)
	expect(t, client, next.Seq)
}

func TestWhatWasLostWithTheConnectionIsReadFromTheStream(t *testing.T) {
	h, conn := silentHub(t)
	s, client := pair(t)
	id := chat.NewID()
	enter(t, h, id, s)
	lost := appendMessage(t, conn, id, 1)
	h.Lost(id)
	expect(t, client, lost.Seq)
}

func TestTheAuditFindsWhatNoOtherMessageFollows(t *testing.T) {
	h, conn := silentHub(t)
	s, client := pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v := enter(t, h, id, s)
	expect(t, client, first.Seq)
	if v.watch.behind(t.Context()) {
		t.Error("behind although everything was delivered")
	}
	lost := appendMessage(t, conn, id, 2)
	if !v.watch.behind(t.Context()) {
		t.Error("not behind although an event was lost")
	}
	v.watch.lost()
	expect(t, client, lost.Seq)
}

func TestEventsThatComeWhileAViewerCatchesUpAreHeldBack(t *testing.T) {
	h, conn := silentHub(t)
	s, client := pair(t)
	id := chat.NewID()
	first := appendMessage(t, conn, id, 1)
	v, at, err := h.look(t.Context(), id, s, nil, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	second := appendMessage(t, conn, id, 2)
	h.Live(second, first.Seq)
	if err := v.enter(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	expect(t, client, first.Seq, second.Seq)
}

func TestWhoReadsTooSlowlyIsSentAway(t *testing.T) {
	s, client := pair(t)
	frame := encode(signalFrame{T: "signal", Text: strings.Repeat("x", 64<<10)})
	for range 1000 { // more than the queue and the kernel's buffers hold
		s.send(frame)
	}
	_ = client.SetReadDeadline(time.Now().Add(20 * time.Second))
	for {
		_, _, err := client.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != closeTooSlow {
			t.Errorf("the connection ended with %v, want close code %d", err, closeTooSlow)
		}
		return
	}
}

func TestALargeFrameEndsTheConnection(t *testing.T) {
	s, client := pair(t)
	if err := client.WriteMessage(websocket.TextMessage, make([]byte, maxFrame+1)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.read(nil); !errors.Is(err, errFrameTooBig) {
		t.Errorf("read: %v", err)
	}
}
