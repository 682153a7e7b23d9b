// Package conntest makes sockets for tests.
package conntest

import (
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
	sockets := make(chan *conn.Socket, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, err := conn.Upgrade(w, r, conn.Options{Budget: b})
		if err != nil {
			t.Error(err)
			return
		}
		sockets <- s
	}))
	t.Cleanup(server.Close)
	client, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := <-sockets
	t.Cleanup(func() { s.Abort(); _ = client.Close() })
	return s, client
}
