package conn

import (
	"bufio"
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

// minReadBuffer is more than the least that the library reads through.
const minReadBuffer = 512

// Upgrade makes a WebSocket of a request whose origin the caller has checked. On an
// error it has answered the request.
func Upgrade(w http.ResponseWriter, r *http.Request, opts Options) (*Socket, error) {
	u := websocket.Upgrader{
		WriteBufferSize: 2048, WriteBufferPool: &writeBuffers, Subprotocols: []string{opts.Protocol},
		CheckOrigin: func(*http.Request) bool { return true },
	}
	in := bufio.NewReaderSize(nil, minReadBuffer)
	ws, err := u.Upgrade(reading{w, in}, r, nil)
	if err != nil {
		return nil, err
	}
	return newSocket(ws, in, opts), nil
}
