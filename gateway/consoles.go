package gateway

import (
	"context"
	"errors"
	"sync"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
)

// consoles ends the connections of agents who are no longer signed in: signed
// out, disabled, or with a password that was changed.
type consoles struct {
	mu   sync.Mutex // guards what follows
	open map[*socket]accounts.Agent
}

func newConsoles() *consoles { return &consoles{open: map[*socket]accounts.Agent{}} }

// keep remembers a console until forget is called.
func (c *consoles) keep(s *socket, who accounts.Agent) (forget func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open[s] = who
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.open, s)
	}
}

// run watches the accounts until the context ends.
func (c *consoles) run(ctx context.Context, book *accounts.Accounts, log zerolog.Logger) error {
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

func (c *consoles) changed(change accounts.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s, who := range c.open {
		if change.Ends(who) {
			s.close(closeSignedOut, "signed out")
		}
	}
}
