package client

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Dial opens a visitor's socket.
func Dial(ctx context.Context, base string) (*websocket.Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{"parley.v1"}, HandshakeTimeout: 10 * time.Second, ReadBufferSize: 1 << 10, WriteBufferSize: 1 << 10}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	return ws, err
}

// connection holds one connection until it ends, and reports whether the client
// was let in.
func (c *Client) connection(ctx context.Context, base string) bool {
	ws, err := Dial(ctx, base)
	if err != nil {
		return false
	}
	c.mu.Lock()
	c.connected++
	c.fresh, c.welcomed, c.drop = 0, false, false
	hello := request{T: "hello", Name: c.name, Token: c.token, Since: c.last()}
	c.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			_, data, err := ws.ReadMessage()
			if err != nil {
				return
			}
			c.hear(data)
		}
	}()
	defer func() { _ = ws.Close(); <-ended }()
	if write(ws, hello) != nil {
		return false
	}
	for {
		c.mu.Lock()
		due, wait, drop, changed, in := c.due(), time.Until(c.after), c.drop, c.changed, c.welcomed
		c.mu.Unlock()
		if drop {
			return in
		}
		for _, m := range due {
			if write(ws, m) != nil {
				return in
			}
		}
		var pause <-chan time.Time
		if wait > 0 {
			pause = time.After(wait)
		}
		select {
		case <-changed:
		case <-pause:
			if !in && write(ws, hello) != nil { // the hello was put off
				return false
			}
		case <-ended:
			return in
		case <-ctx.Done():
			return in
		}
	}
}

func write(ws *websocket.Conn, r request) error {
	_ = ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	return ws.WriteJSON(r)
}

// due returns what is to be sent now, in order: on a new connection first what
// may have been lost with the old one, once the client has seen all that it
// missed. With the lock held.
func (c *Client) due() []request {
	if !c.welcomed || c.last() < c.caughtUp || time.Now().Before(c.after) {
		return nil
	}
	var out []request
	for _, m := range c.sent[c.fresh:] {
		if m.Seq == 0 {
			out = append(out, request{T: "send", ID: m.ID, Text: m.Text, Again: m.Tries > 0})
			m.Tries++
		}
	}
	c.fresh = len(c.sent)
	return out
}

// hear takes a frame.
func (c *Client) hear(data []byte) {
	var f frame
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.change()
	if err := json.Unmarshal(data, &f); err != nil {
		c.fault("a frame that is no JSON: %.100s", data)
		return
	}
	switch f.T {
	case "welcome":
		if c.chat != "" && c.chat != f.Chat {
			c.fault("the chat was %s and is now %s", c.chat, f.Chat)
		}
		c.chat, c.token, c.welcomed, c.caughtUp = f.Chat, f.Token, true, f.Seq
	case "event":
		c.see(f.Event)
	case "ack":
		c.acked(f.ID, f.Seq)
	case "error":
		if f.Retry == 0 {
			c.fault("refused: %s %q (%s)", f.Code, f.Message, f.ID)
			return
		}
		c.after, c.fresh = time.Now().Add(time.Duration(f.Retry)*time.Millisecond), 0
	}
}

// see takes an event: it must follow the one before it. With the lock held.
func (c *Client) see(e Event) {
	if last := c.last(); e.Prev != last || e.Seq <= last {
		c.fault("after event %d came %d, which says that %d is before it", last, e.Seq, e.Prev)
	}
	c.events, c.arrived = append(c.events, e), append(c.arrived, time.Now())
	// An own message whose acknowledgement was lost with a connection.
	if e.From.Role == "visitor" && e.Seq <= c.caughtUp {
		if m := c.byID[e.ID]; m != nil && m.Seq == 0 && m.Tries > 0 {
			c.acked(e.ID, e.Seq)
		}
	}
}

// acked notes where a message stands; with the lock held.
func (c *Client) acked(id string, seq uint64) {
	m := c.byID[id]
	switch {
	case m == nil:
		c.fault("an acknowledgement of %s, which was never sent", id)
	case m.Seq == 0:
		m.Seq, m.Acked = seq, time.Since(m.At)
	case m.Seq != seq:
		c.fault("message %s was acknowledged as %d and then as %d", id, m.Seq, seq)
	}
}
