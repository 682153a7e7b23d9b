package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

const (
	dialTime  = 15 * time.Second
	writeTime = 10 * time.Second
	// silence is how long nothing may come on a connection, not even a ping, before the
	// client takes it for dead.
	silence = 60 * time.Second
)

// RefusedError is an HTTP response instead of a connection.
type RefusedError struct {
	Status int
	After  time.Duration // as its Retry-After says; 0 without one
}

// Error names the status.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the socket was refused with the status %d", e.Status)
}

// Socket is a client's WebSocket. One goroutine may read and one may write at a time; Drop
// and Close may be called at any time.
type Socket struct{ ws *websocket.Conn }

// Place is where a client connects, and from where.
type Place struct {
	Base   string      // the gateway's URL
	Agent  bool        // the console, else a visitor's socket
	Header http.Header // of the request; nil for none
	From   net.IP      // the client's own address; nil for any
}

// Dial opens a visitor's socket at a gateway's base URL, as DialTo does.
func Dial(ctx context.Context, base string) (*Socket, error) {
	return DialTo(ctx, Place{Base: base})
}

// DialTo opens a socket. If the server answers with something else the error is a
// RefusedError.
func DialTo(ctx context.Context, p Place) (*Socket, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	path, protocol := "/ws", "parley.v1"
	if p.Agent {
		path, protocol = "/ws/agent", "parley.agent.v1"
	}
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: dialTime, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}
	if p.From != nil {
		d.NetDialContext = (&net.Dialer{LocalAddr: &net.TCPAddr{IP: p.From}}).DialContext
	}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(p.Base, "http")+path, p.Header)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		if errors.Is(err, websocket.ErrBadHandshake) && resp != nil {
			seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
			return nil, &RefusedError{Status: resp.StatusCode, After: time.Duration(seconds) * time.Second}
		}
		return nil, fmt.Errorf("dial %s: %w", p.Base, err)
	}
	s := &Socket{ws: ws}
	s.alive()
	ws.SetPingHandler(func(data string) error {
		s.alive()
		// If a pong can't be written the connection ends soon enough.
		_ = ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTime))
		return nil
	})
	return s, nil
}

func (s *Socket) alive() { _ = s.ws.SetReadDeadline(time.Now().Add(silence)) }

// NonsenseError is a frame that can't be read.
type NonsenseError struct {
	Data string // its beginning
	Err  error
}

// Error shows the frame's beginning.
func (e *NonsenseError) Error() string {
	return fmt.Sprintf("a frame can't be read: %v: %s", e.Err, e.Data)
}

// Unwrap returns why.
func (e *NonsenseError) Unwrap() error { return e.Err }

// Read returns the next frame. The error is a NonsenseError if what came is not
// one; any other means that the connection has ended.
func (s *Socket) Read() (Frame, error) {
	var f Frame
	err := s.ReadInto(&f)
	return f, err
}

// ReadInto is Read for a client that needs few of a frame's fields and must not
// spend its time on the others.
func (s *Socket) ReadInto(f any) error {
	data, err := s.ReadRaw()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, f); err != nil {
		return &NonsenseError{Data: string(data[:min(len(data), 200)]), Err: err}
	}
	return nil
}

// ReadRaw returns the next frame's bytes. An error means that the connection has
// ended.
func (s *Socket) ReadRaw() ([]byte, error) {
	_, data, err := s.ws.ReadMessage()
	if err == nil {
		s.alive()
	}
	return data, err
}

// Write sends a frame.
func (s *Socket) Write(r Request) error {
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeTime))
	return s.ws.WriteJSON(r)
}

// WriteRaw sends bytes that need not be a frame.
func (s *Socket) WriteRaw(data []byte) error {
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeTime))
	return s.ws.WriteMessage(websocket.TextMessage, data)
}

// Ping sends a ping of the WebSocket protocol. Its pong comes to OnPong while somebody
// reads.
func (s *Socket) Ping() error {
	return s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime))
}

// OnPong calls the function for each pong. It is called before anything is read.
func (s *Socket) OnPong(f func()) {
	s.ws.SetPongHandler(func(string) error { s.alive(); f(); return nil })
}

// Drop ends the TCP connection without a close frame: with reset at once, so that data on
// the way is lost, else after that was sent.
func (s *Socket) Drop(reset bool) {
	if tcp, ok := s.ws.NetConn().(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = s.ws.Close()
}

// Close sends a close frame and ends the connection.
func (s *Socket) Close() {
	_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTime))
	_ = s.ws.Close()
}

// Code returns the close code of an error of Read, 0 if there was none.
func Code(err error) int {
	var closed *websocket.CloseError
	if errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
		return closed.Code
	}
	return 0
}

// Backoff returns how long to wait before the next connection, after that many failures in
// a row: it grows to some seconds and is a little random.
func Backoff(failed int, r *rand.Rand) time.Duration {
	most := 100 * time.Millisecond << min(max(failed, 0), 5)
	return most/4 + time.Duration(r.Int64N(int64(most)))
}

// Wait waits, and reports whether the context has not ended.
func Wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
