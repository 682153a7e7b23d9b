package conn

import (
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
)

// Options of a socket.
type Options struct {
	Protocol string // the subprotocol that is offered
	Budget   *Budget
}

// writeBuffers are shared by all sockets: one is needed only while a frame is
// being written.
var writeBuffers = sync.Pool{}

// Upgrade makes a WebSocket of a request whose origin the caller has checked. On an
// error it has answered the request.
func Upgrade(w http.ResponseWriter, r *http.Request, opts Options) (*Socket, error) {
	u := websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 2048, WriteBufferPool: &writeBuffers, Subprotocols: []string{opts.Protocol},
		CheckOrigin: func(*http.Request) bool { return true },
	}
	ws, err := u.Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	return newSocket(ws, opts), nil
}
