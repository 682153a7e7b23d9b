// Package client opens sockets as a visitor does.
package client

import (
	"context"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Dial opens a visitor's socket at a gateway's base URL.
func Dial(ctx context.Context, base string) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{"parley.v1"}, HandshakeTimeout: 10 * time.Second, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return ws, err
}
