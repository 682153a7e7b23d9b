package talk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// patience is how long anything may take that the server answers at once on an
	// idle machine.
	patience = 3 * time.Minute
	// silence is how long nothing at all may come before a connection counts as lost.
	// The server pings.
	silence = 90 * time.Second
)

// From is the header of a proxy that connects a client of that address.
func From(addr string) http.Header { return http.Header{"X-Forwarded-For": {addr}} }

// Secret makes up the token with which a new visitor claims a name. Without one of its
// own a client that loses the first welcome has lost the name.
func Secret() string { return "claim:" + rand.Text() }

// Socket is one WebSocket connection to a gateway. One goroutine may read and one
// may write at a time; Close may be called at any time.
type Socket struct{ ws *websocket.Conn }

// RefusedError is an HTTP response instead of a connection.
type RefusedError struct {
	Status           int
	Body, RetryAfter string
}

// Error shows the response.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the connection is refused with %d: %s", e.Status, e.Body)
}

// Dial opens a visitor's connection at a gateway's base URL. The header may be nil.
func Dial(ctx context.Context, base string, header http.Header) (*Socket, error) {
	return dial(ctx, base, "/ws", "parley.v1", header)
}

// DialConsole opens an agent's connection; the header is from Login.
func DialConsole(ctx context.Context, base string, header http.Header) (*Socket, error) {
	return dial(ctx, base, "/ws/agent", "parley.agent.v1", header)
}

func dial(ctx context.Context, base, path, protocol string, header http.Header) (*Socket, error) {
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: patience}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+path, header)
	if errors.Is(err, websocket.ErrBadHandshake) && resp != nil {
		body, _ := io.ReadAll(resp.Body) // as much of it as gorilla has read
		err = &RefusedError{Status: resp.StatusCode, Body: string(body), RetryAfter: resp.Header.Get("Retry-After")}
	}
	if err != nil {
		return nil, fmt.Errorf("dial %s%s: %w", base, path, err)
	}
	s := &Socket{ws: ws}
	pong := ws.PingHandler()
	ws.SetPingHandler(func(data string) error { s.alive(); return pong(data) })
	s.alive()
	return s, nil
}

func (s *Socket) alive() { _ = s.ws.SetReadDeadline(time.Now().Add(silence)) }

// Read returns the next frame. After an error the connection is unusable.
func (s *Socket) Read() (Frame, error) {
	_, data, err := s.ws.ReadMessage()
	if err != nil {
		return Frame{}, err
	}
	s.alive()
	var f Frame
	if err := json.Unmarshal(data, &f); err != nil {
		return Frame{}, fmt.Errorf("a frame is not JSON: %w: %.200s", err, data)
	}
	return f, nil
}

// Write sends a frame.
func (s *Socket) Write(frame map[string]any) error { return s.ws.WriteJSON(frame) }

// WriteText sends a text that need not be a frame.
func (s *Socket) WriteText(text string) error {
	return s.ws.WriteMessage(websocket.TextMessage, []byte(text))
}

// WriteBinary sends a binary message, which the protocol does not have.
func (s *Socket) WriteBinary(data []byte) error {
	return s.ws.WriteMessage(websocket.BinaryMessage, data)
}

// Close ends the connection without a close frame, as a lost network does.
func (s *Socket) Close() { _ = s.ws.Close() }

// CloseCode returns the close code of an error of Read, 1006 if there was none.
func CloseCode(err error) int {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return closed.Code
	}
	return websocket.CloseAbnormalClosure
}
