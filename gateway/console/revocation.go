package console

import (
	"context"
	"sync"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/conn"
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

// Run follows the accounts until the context ends.
func (c *Revocation) Run(ctx context.Context, all *accounts.Accounts) error {
	all.Follow(ctx, c.changed)
	return nil
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
