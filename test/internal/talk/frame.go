// Package talk has visitors and an agent who hold conversations through real
// sockets, come back when a connection ends, and check what they see.
package talk

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Frame is any frame of the server's, as far as this package looks at it.
type Frame struct {
	T, ID, Chat, Token, Kind, Text, Status, Code, Message string
	Seq, Prev, Through                                    uint64
	Set                                                   *Frame
	Events                                                []Frame
	More                                                  bool
}

// silence is how long nothing at all may come before a connection counts as lost.
// The server pings.
const silence = 90 * time.Second

func dial(ctx context.Context, base, path, protocol string, header http.Header) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 10 * time.Second}
	ws, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+path, header)
	if err != nil {
		return nil, fmt.Errorf("dial %s%s: %w", base, path, err)
	}
	alive := func() error { return ws.SetReadDeadline(time.Now().Add(silence)) }
	answer := ws.PingHandler()
	ws.SetPingHandler(func(data string) error {
		if err := alive(); err != nil {
			return err
		}
		return answer(data)
	})
	return ws, alive()
}
