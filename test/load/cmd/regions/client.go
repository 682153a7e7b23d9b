package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/parley-chat/parley/test/load/internal/agent"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// frameTime bounds how long a frame is waited for.
const frameTime = 20 * time.Second

// client is a person at a gateway, for measuring: it does one thing after the other.
type client struct {
	sock  *wire.Socket
	heard chan frame // closed at the end of the connection
	made  int
}

// frame is one that came, and when.
type frame struct {
	wire.Frame
	at time.Time
}

func dial(ctx context.Context, place wire.Place) (*client, error) {
	sock, err := wire.DialTo(ctx, place)
	if err != nil {
		return nil, err
	}
	c := &client{sock: sock, heard: make(chan frame, 1024)}
	go func() {
		defer close(c.heard)
		for {
			f, err := sock.Read()
			if err != nil {
				return
			}
			c.heard <- frame{f, time.Now()}
		}
	}()
	return c, nil
}

// visits dials as a visitor and says hello, with the token of the chat; empty: a new one.
func visits(ctx context.Context, base, token string) (c *client, welcome frame, err error) {
	if token == "" {
		token = secret()
	}
	for {
		if c, err = dial(ctx, wire.Place{Base: base}); err != nil {
			return nil, welcome, err
		}
		if welcome, err = c.ask("welcome", wire.Request{T: "hello", Name: "Ada", Token: token}); err == nil || !sleep(ctx, 500*time.Millisecond) {
			return c, welcome, err
		}
		c.sock.Close() // the region was not reached yet
	}
}

// works dials as the admin.
func works(ctx context.Context, base string) (*client, error) {
	cookie, err := agent.Login(ctx, base, "admin", system.AdminPassword)
	if err != nil {
		return nil, err
	}
	c, err := dial(ctx, wire.Place{Base: base, Agent: true, Header: http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}, "Origin": {base}}})
	if err != nil {
		return nil, err
	}
	_, err = c.await("welcome", func(f frame) bool { return f.T == "welcome" })
	return c, err
}

// await returns the next frame that fits.
func (c *client) await(what string, fits func(frame) bool) (frame, error) {
	limit := time.NewTimer(frameTime)
	defer limit.Stop()
	for {
		select {
		case f, ok := <-c.heard:
			if !ok {
				return f, fmt.Errorf("wait for %s: the connection has ended", what)
			}
			if fits(f) {
				return f, nil
			}
		case <-limit.C:
			return frame{}, fmt.Errorf("wait for %s: nothing came within %v", what, frameTime)
		}
	}
}

// ask sends a frame and returns the answer: what has its id, or for a hello, which has none, a
// frame of that kind. A refusal is an error.
func (c *client) ask(t string, r wire.Request) (frame, error) {
	if err := c.sock.Write(r); err != nil {
		return frame{}, err
	}
	f, err := c.await(t, func(f frame) bool {
		return f.T != "event" && f.ID == r.ID && (r.ID != "" || f.T == t || f.T == "error")
	})
	if err == nil && f.T == "error" {
		err = fmt.Errorf("%s is refused: %s %s", r.T, f.Code, f.Message)
	}
	return f, err
}

// does is ask, for what is acknowledged, with an id of its own. It returns how long that took.
func (c *client) does(r wire.Request) (time.Duration, error) {
	c.made++
	r.ID = fmt.Sprint("x", c.made)
	began := time.Now()
	f, err := c.ask("ack", r)
	return f.at.Sub(began), err
}
