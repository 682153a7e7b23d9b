package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"
)

// Sent is a message that the client sent.
type Sent struct {
	ID, Text string
	Seq      uint64 // as acknowledged; 0 before
	Tries    int    // how often it was sent
	At       time.Time
	Acked    time.Duration // how long until it was acknowledged
}

// Gateways returns the base URLs of the gateways that serve now.
type Gateways func() []string

// Client is one visitor's connection, which is made anew whenever it ends. Its
// methods may be called concurrently.
type Client struct {
	name     string
	gateways Gateways
	at       int // which gateway comes next; Run's own

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	token   string
	chat    string
	events  []Event // all that came, in the order in which it came
	arrived []time.Time
	sent    []*Sent
	byID    map[string]*Sent
	faults  []string
	// after says that nothing is sent before.
	after     time.Time
	fresh     int // sent[:fresh] were sent on this connection
	caughtUp  uint64
	welcomed  bool
	drop      bool
	connected int
}

// New returns a client that does nothing before Run. first is the number of the
// gateway that it begins with; token opens the chat of a visitor who has said
// hello before, and is empty for a new one.
func New(name, token string, gateways Gateways, first int) *Client {
	c := &Client{name: name, gateways: gateways, at: first, token: token, changed: make(chan struct{}), byID: map[string]*Sent{}}
	if token == "" {
		c.token = "claim:" + rand.Text()
	}
	return c
}

// Run keeps the client connected until the context ends.
func (c *Client) Run(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		all := c.gateways()
		if len(all) > 0 {
			base := all[c.at%len(all)]
			c.at++ // the next connection is to another one
			if c.connection(ctx, base) {
				try = 0
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(10+mrand.IntN(40*min(try+1, 10))) * time.Millisecond):
		}
	}
}

// Send queues a message and returns at once.
func (c *Client) Send(id, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &Sent{ID: id, Text: text, At: time.Now()}
	c.sent, c.byID[id] = append(c.sent, m), m
	c.change()
}

// Drop ends the present connection without a word, as a lost network does.
func (c *Client) Drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drop = true
	c.change()
}

// change wakes who waits; with the lock held.
func (c *Client) change() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// ErrFault ends a wait of a client that was told something wrong.
var ErrFault = errors.New("the client was told something wrong")

// Await waits until the condition holds of what the client knows.
func (c *Client) Await(ctx context.Context, what string, holds func(Seen) bool) error {
	for {
		c.mu.Lock()
		ok, bad, changed := holds(Seen{c}), len(c.faults) > 0, c.changed
		c.mu.Unlock()
		switch {
		case ok:
			return nil
		case bad:
			return ErrFault
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%s waits for %s: %w", c.name, what, ctx.Err())
		}
	}
}

// Seen is what a condition may ask.
type Seen struct{ c *Client }

// Acked reports whether the first n messages are acknowledged.
func (s Seen) Acked(n int) bool {
	for _, m := range s.c.sent[:min(n, len(s.c.sent))] {
		if m.Seq == 0 {
			return false
		}
	}
	return len(s.c.sent) >= n
}

// Answered reports whether a reply covers the first n messages, all of them
// acknowledged.
func (s Seen) Answered(n int) bool {
	if !s.Acked(n) {
		return false
	}
	if n == 0 {
		return true
	}
	last := s.c.sent[n-1].Seq
	for i := len(s.c.events) - 1; i >= 0 && s.c.events[i].Seq > last; i-- {
		if s.c.events[i].Kind == "reply" && s.c.events[i].Through >= last {
			return true
		}
	}
	return false
}

// Reached reports whether the client has seen the event with that sequence.
func (s Seen) Reached(seq uint64) bool { return s.c.last() >= seq }

// Welcomed reports whether the client was ever let in.
func (s Seen) Welcomed() bool { return s.c.chat != "" }

// last returns the last sequence that was seen; with the lock held.
func (c *Client) last() uint64 {
	if n := len(c.events); n > 0 {
		return c.events[n-1].Seq
	}
	return 0
}

// Record is what a client has to tell.
type Record struct {
	Name, Chat, Token string
	Sent              []Sent
	Events            []Event
	Arrived           []time.Time // when each of Events came
	Faults            []string
	Connections       int
}

// Record returns what happened so far.
func (c *Client) Record() Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := Record{
		Name: c.name, Chat: c.chat, Token: c.token, Events: append([]Event(nil), c.events...), Arrived: append([]time.Time(nil), c.arrived...),
		Faults: append([]string(nil), c.faults...), Connections: c.connected,
	}
	for _, m := range c.sent {
		r.Sent = append(r.Sent, *m)
	}
	return r
}

// fault notes what must not be; with the lock held.
func (c *Client) fault(format string, v ...any) {
	if len(c.faults) < 10 {
		c.faults = append(c.faults, fmt.Sprintf(format, v...))
	}
	c.change()
}
