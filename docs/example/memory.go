package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// frame holds the fields of all frames that this client uses.
type frame struct {
	T       string `json:"t"`
	ID      string `json:"id,omitempty"`
	Name    string `json:"name,omitempty"`
	Token   string `json:"token,omitempty"`
	Since   uint64 `json:"since,omitempty"`
	Text    string `json:"text,omitempty"`
	Again   bool   `json:"again,omitempty"`
	Seq     uint64 `json:"seq,omitempty"`
	Prev    uint64 `json:"prev,omitempty"`
	Message string `json:"message,omitempty"`
	Retry   int64  `json:"retry_after_ms,omitempty"`
	From    struct {
		Role string `json:"role"`
		Name string `json:"name"`
	} `json:"from,omitzero"`
}

// client is what has to outlive a connection. One that is to outlive its process
// keeps it in a file.
type client struct {
	hello frame // with the token, and since: the last event that was seen

	mu      sync.Mutex // guards what follows
	pending []frame    // what was said and is not confirmed, in order
	ws      *websocket.Conn
}

// say sends a text as soon as those before it are confirmed.
func (c *client) say(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pending = append(c.pending, frame{T: "send", ID: rand.Text(), Text: text})
	if len(c.pending) == 1 {
		c.send()
	}
}

// send sends the first of what is pending; with the lock held. One after the
// other: so the order is kept whatever becomes of each.
func (c *client) send() {
	if c.ws == nil || len(c.pending) == 0 {
		return
	}
	_ = wsjson.Write(context.Background(), c.ws, c.pending[0]) // an error ends the connection, and the next one sends it
	c.pending[0].Again = true
}

// caughtUp begins to send, once all that was missed has been seen: what may have
// been lost with the last connection may be among that.
func (c *client) caughtUp(ws *websocket.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws == nil {
		c.ws = ws
		c.send()
	}
}

// confirmed takes what the server has off the list and sends the next.
func (c *client) confirmed(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pending) > 0 && c.pending[0].ID == id {
		c.pending = c.pending[1:]
		c.send()
	}
}

func (c *client) disconnected(ws *websocket.Conn) {
	_ = ws.CloseNow()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ws = nil
}

func (c *client) show(f frame) {
	if f.Prev > c.hello.Since && c.hello.Since > 0 { // was away for very long: "page" has what is between
		fmt.Println("…")
	}
	if f.Text != "" {
		who := f.From.Name
		if who == "" {
			who = f.From.Role
		}
		fmt.Printf("%d %s: %s\n", f.Seq, who, f.Text)
	}
}
