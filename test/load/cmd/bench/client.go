package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// client is one visitor's socket. One goroutine uses it at a time.
type client struct {
	ws    *wire.Socket
	token string
	turns int
	since uint64 // the last event that the visitor has seen, before it was cut
	f     heard
}

// connect opens a socket and greets, as the nth visitor.
func connect(ctx context.Context, base string, n int) (*client, error) {
	return connectAs(ctx, base, n, "claim:"+rand.Text())
}

// connectAs is connect with a token, which says whose chat it is.
func connectAs(ctx context.Context, base string, n int, token string) (*client, error) {
	ws, err := wire.DialTo(ctx, wire.Place{Base: base, Header: wire.Forwarded(wire.Crowd, n)})
	if err != nil {
		return nil, err
	}
	c := &client{ws: ws, token: token}
	if err := c.greet(ctx); err != nil {
		ws.Drop(false)
		return nil, err
	}
	return c, nil
}

// everybody is the name of each visitor: whose chat it is says the token.
const everybody = "Visitor"

// greet says hello until it is welcomed: what is asked to come again comes again.
func (c *client) greet(ctx context.Context) error {
	for {
		if err := c.ws.Write(wire.Request{T: "hello", Name: everybody, Token: c.token}); err != nil {
			return err
		}
		refused, err := c.welcomed()
		if err != nil || refused == nil {
			return err
		}
		if refused.wait == 0 {
			return refused
		}
		if !wire.Wait(ctx, refused.wait) {
			return ctx.Err()
		}
	}
}

// welcomed reads until the answer to a hello. What else comes before it doesn't matter.
func (c *client) welcomed() (*refusal, error) {
	for {
		if err := c.read(); err != nil {
			return nil, err
		}
		switch string(c.f.t) {
		case "welcome":
			return nil, nil
		case "error":
			return c.refused(), nil
		}
	}
}

// refusal is an error frame.
type refusal struct {
	code, sentence string
	wait           time.Duration // as it says; 0 if it doesn't
}

// Error shows the code and the sentence.
func (r *refusal) Error() string { return fmt.Sprintf("refused: %s: %s", r.code, r.sentence) }

func (c *client) refused() *refusal {
	return &refusal{string(c.f.code), string(c.f.message), time.Duration(c.f.retry) * time.Millisecond}
}

func (c *client) read() error {
	data, err := c.ws.ReadRaw()
	if err != nil {
		return err
	}
	return c.f.read(data)
}

// turn sends the next message, or the last one again, and reads until it is acknowledged
// and covered by a reply. It returns when the acknowledgement came. A message that is
// refused is no turn: the error is the refusal, and only that message may come next.
func (c *client) turn(text string, again bool) (acked time.Time, err error) {
	if !again {
		c.turns++
	}
	id := "m" + strconv.Itoa(c.turns)
	if err := c.ws.WriteRaw([]byte(`{"t":"send","id":"` + id + `","text":"` + text + `"}`)); err != nil {
		return acked, err
	}
	seq, through := uint64(0), uint64(0)
	for seq == 0 || through < seq {
		if err := c.read(); err != nil {
			return acked, err
		}
		switch {
		case string(c.f.t) == "ack" && string(c.f.id) == id:
			seq, acked = c.f.seq, time.Now()
		case string(c.f.t) == "event" && string(c.f.kind) == "reply":
			through = max(through, c.f.through)
		case string(c.f.t) == "error":
			return acked, c.refused()
		}
	}
	return acked, nil
}

// isRefusal returns the refusal that an error is, or nil.
func isRefusal(err error) *refusal {
	r, _ := errors.AsType[*refusal](err)
	return r
}
