package console

import (
	"context"
	"errors"
	"sync"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
)

// Revocation ends the connections of agents who are no longer signed in: signed
// out, disabled, or with a password that was changed.
type Revocation struct {
	mu   sync.Mutex // guards what follows
	open map[*conn.Socket]accounts.Agent
}

// NewRevocation returns one that keeps no console.
func NewRevocation() *Revocation { return &Revocation{open: map[*conn.Socket]accounts.Agent{}} }

// Keep remembers a console until forget is called.
func (c *Revocation) Keep(s *conn.Socket, who accounts.Agent) (forget func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[s] = who
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, s)
	}
}

// Run watches the accounts until the context ends.
func (c *Revocation) Run(ctx context.Context, book *accounts.Accounts, log zerolog.Logger) error {
	var lost outage.Sampled
	for try := 1; ; try++ {
		err := book.Watch(ctx, c.changed)
		if ctx.Err() != nil {
			return nil
		}
		if !errors.Is(err, bus.ErrAnew) { // else the connection tells of it
			lost.Line("accounts", log.Warn()).Err(err).Msg("lost sight of the accounts, looking again")
		}
		if watching.Wait(ctx, try) != nil {
			return nil
		}
	}
}

func (c *Revocation) changed(change accounts.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s, who := range c.open {
		if change.Ends(who) {
			s.Close(conn.SignedOut)
		}
	}
}
