package admission

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// askEvery is how often the bot's replicas are asked.
	askEvery = time.Second
	// heardFor is how long a replica counts that no longer answers: it may be busy.
	heardFor = 5 * time.Second
)

// botConcurrency is how many chats the bot's replicas can think about at once, by their
// own account. A replica that is stopped, or whose process died, does not answer any
// more and is forgotten soon; where there is none at all that is known at once.
type botConcurrency struct {
	mu    sync.Mutex // guards what follows
	heard map[string]heard
}

// heard is what a replica said last.
type heard struct {
	slots int
	at    time.Time
}

// run asks until the context ends.
func (c *botConcurrency) run(ctx context.Context, conn *bus.Conn) {
	t := time.NewTicker(askEvery)
	defer t.Stop()
	for {
		list, err := conn.Replicas(ctx, roles.Botworker.Service, c.known())
		if err == nil { // else nobody answered: who is there is forgotten in time
			c.answered(list, time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// answered records who did. Nobody means that nobody is there.
func (c *botConcurrency) answered(list []bus.Replica, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(list) == 0 || c.heard == nil {
		c.heard = map[string]heard{}
	}
	for _, r := range list {
		c.heard[r.ID] = heard{r.Concurrency, now}
	}
}

// slots returns how many there are in all.
func (c *botConcurrency) slots(now time.Time) (n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, r := range c.heard {
		if now.Sub(r.at) > heardFor {
			delete(c.heard, id)
			continue
		}
		n += uint64(max(0, r.slots))
	}
	return n
}

// known returns the replicas that were heard of.
func (c *botConcurrency) known() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]string, 0, len(c.heard))
	for id := range c.heard {
		ids = append(ids, id)
	}
	return ids
}
