package conn_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// Frames that wait together cost one system call, not one each.
func TestFramesThatWaitTogetherShareOneWrite(t *testing.T) {
	s, client, writes := countedPair(t)
	before := writes.Load()
	s.Send(bytes.Repeat([]byte("x"), conntest.MoreThanFits)) // the writer waits until it is read
	bustest.Eventually(t, "it to be written", func() bool { return writes.Load() > before })
	for i := range 100 {
		s.Send([]byte(fmt.Sprint(i)))
	}
	expect(t, client, strings.Repeat("x", conntest.MoreThanFits))
	for i := range 100 {
		expect(t, client, fmt.Sprint(i))
	}
	if n := writes.Load() - before; n > 2 {
		t.Errorf("a large frame and 100 small ones that waited for it took %d writes, want 2", n)
	}
}

// A frame says how long it is in one of three forms.
func TestFramesOfEachLengthArriveWhole(t *testing.T) {
	s, client := conntest.Pair(t)
	for _, n := range []int{0, 1, 125, 126, 127, 1<<16 - 1, 1 << 16, 1<<16 + 1} {
		s.Send(bytes.Repeat([]byte("y"), n))
		s.Send([]byte("next"))
		expect(t, client, strings.Repeat("y", n))
		expect(t, client, "next")
	}
}

func expect(t *testing.T, client *websocket.Conn, want string) {
	t.Helper()
	_ = client.SetReadDeadline(time.Now().Add(3 * time.Minute))
	kind, got, err := client.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	if kind != websocket.TextMessage || string(got) != want {
		t.Fatalf("got %d bytes of kind %d, want %d of text", len(got), kind, len(want))
	}
}

// countedPair is conntest.Pair; writes counts the writes of the server's end.
func countedPair(t *testing.T) (s *conn.Socket, client *websocket.Conn, writes *atomic.Int64) {
	writes = new(atomic.Int64)
	sockets := make(chan *conn.Socket, 1)
	budget := conn.NewBudget(conn.DefaultBudget, func() []*conn.Socket { return nil }, conn.Metrics{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s, err := conn.Upgrade(w, r, conn.Options{Budget: budget}); err == nil {
			sockets <- s
		}
	}))
	server.Listener = counting{conntest.Narrow(server.Listener), writes}
	server.Start()
	t.Cleanup(server.Close)
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := conntest.NarrowClient(client); err != nil {
		t.Fatal(err)
	}
	s = <-sockets
	t.Cleanup(func() { s.Abort(); _ = client.Close() })
	return s, client, writes
}

// counting counts the writes of the connections that it accepts.
type counting struct {
	net.Listener
	writes *atomic.Int64
}

type countingConn struct {
	net.Conn
	writes *atomic.Int64
}

func (l counting) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countingConn{c, l.writes}, err
}

func (c countingConn) Write(b []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(b)
}
