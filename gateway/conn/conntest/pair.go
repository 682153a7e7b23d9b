// Package conntest makes sockets for tests.
package conntest

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/gateway/conn"
)

// Pair returns a server's socket and the client's end of it.
func Pair(t testing.TB) (*conn.Socket, *websocket.Conn) {
	t.Helper()
	return PairWithin(t, conn.NewBudget(conn.DefaultBudget, func() []*conn.Socket { return nil }, conn.Metrics{}))
}

// PairWithin is Pair with a budget that several sockets may share.
func PairWithin(t testing.TB, b *conn.Budget) (*conn.Socket, *websocket.Conn) {
	t.Helper()
	return pair(t, b, func(l net.Listener) net.Listener { return l })
}

// MoreThanFits is a number of bytes that does not fit between the ends of a narrow pair.
const MoreThanFits = 2 << 20

// NarrowPair is PairWithin on a connection that holds little: a client that does not read holds
// up whoever writes MoreThanFits bytes. Else it would take some 10 MB, which a slow machine
// does not read within the time that a write may take.
func NarrowPair(t testing.TB, b *conn.Budget) (*conn.Socket, *websocket.Conn) {
	t.Helper()
	s, client := pair(t, b, Narrow)
	if err := NarrowClient(client); err != nil {
		t.Fatal(err)
	}
	return s, client
}

const narrow = 64 << 10

// Narrow has the listener's connections hold little that is not sent.
func Narrow(l net.Listener) net.Listener { return narrowing{l} }

type narrowing struct{ net.Listener }

func (n narrowing) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		err = tcp.SetWriteBuffer(narrow)
	}
	return c, err
}

// NarrowClient has a client hold little that is not read.
func NarrowClient(client *websocket.Conn) error {
	return client.NetConn().(*net.TCPConn).SetReadBuffer(narrow)
}

func pair(t testing.TB, b *conn.Budget, listener func(net.Listener) net.Listener) (*conn.Socket, *websocket.Conn) {
	t.Helper()
	sockets := make(chan *conn.Socket, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := conn.Upgrade(w, r, conn.Options{Budget: b})
		if err != nil {
			t.Error(err)
			return
		}
		sockets <- s
	}))
	server.Listener = listener(server.Listener)
	server.Start()
	t.Cleanup(server.Close)
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := <-sockets
	t.Cleanup(func() { s.Abort(); _ = client.Close() })
	return s, client
}
