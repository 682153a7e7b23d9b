package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// address returns one of the loopback addresses that stand for the world: group
// is 1 to 250, n up to 62,000.
func address(group, n int) net.IP { return net.IPv4(127, byte(group), byte(n/250), byte(n%250+1)) }

// refusedError is a connection that was not let in.
type refusedError struct{ why string }

func (e *refusedError) Error() string { return "not let in: " + e.why }

// dial opens a visitor's socket from one of our addresses.
func dial(ctx context.Context, base string, from net.IP) (*websocket.Conn, error) {
	d := websocket.Dialer{
		Subprotocols: []string{"parley.v1"}, HandshakeTimeout: 10 * time.Second, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10,
		NetDialContext: (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: 10 * time.Second}).DialContext,
	}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if err == nil {
		return ws, nil
	}
	if resp != nil {
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusSwitchingProtocols {
			return nil, &refusedError{fmt.Sprintf("HTTP %d", resp.StatusCode)}
		}
	}
	return nil, &refusedError{"no connection"}
}

// end says how a connection ended, in a word or two.
func end(err error) string {
	var closed *websocket.CloseError
	var no *refusedError
	switch {
	case errors.As(err, &closed):
		return fmt.Sprintf("close %d", closed.Code)
	case errors.As(err, &no):
		return no.why
	}
	return "cut"
}

// heard is what anybody here needs of a frame.
type heard struct {
	T       string `json:"t"`
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Code    string `json:"code"`
	Token   string `json:"token"`
	Seq     uint64 `json:"seq"`
	Through uint64 `json:"through"`
	Retry   int64  `json:"retry_after_ms"`
}

// kind returns the frame's t, or of an error its code, without reading the JSON:
// the flood has to be cheaper than what it floods.
func kind(data []byte) string {
	field := func(name string) string {
		_, rest, ok := bytes.Cut(data, []byte(`"`+name+`":"`))
		if !ok {
			return ""
		}
		value, _, _ := bytes.Cut(rest, []byte(`"`))
		return string(value)
	}
	t := field("t")
	if t == "error" {
		return field("code")
	}
	return t
}
