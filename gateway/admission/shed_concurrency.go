package admission

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
)

const (
	// askEvery is the time between two questions to the bot's replicas.
	askEvery = time.Second
	// askGatewaysEvery is the time between two questions to the gateways.
	askGatewaysEvery = 2 * time.Second
	// heardFor is how long a replica still counts that does not answer: it may be busy.
	heardFor = 5 * time.Second
)

// replicas are those of a service, and how much each can do at once, by its own account:
// for the bot, how many messages it can think about. A replica that was stopped or died no longer answers and is soon
// forgotten; if there is no replica at all that is known at once.
type replicas struct {
	mu    sync.Mutex // guards heard
	heard map[string]heard
}

// heard is a replica's last answer.
type heard struct {
	slots int
	at    time.Time
}

// run asks the replicas of the service until the context ends.
func (c *replicas) run(ctx context.Context, conn *bus.Conn, service string, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		list, err := conn.Replicas(ctx, service, c.known(time.Now()))
		if err == nil { // else nobody answered: replicas are forgotten in time
			c.answered(list, time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// answered records the replicas that answered. An empty list means that there is none.
func (c *replicas) answered(list []bus.Replica, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(list) == 0 || c.heard == nil {
		c.heard = map[string]heard{}
	}
	for _, r := range list {
		c.heard[r.ID] = heard{r.Concurrency, now}
	}
}

// slots returns how much all replicas can do at once.
func (c *replicas) slots(now time.Time) (n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(now)
	for _, r := range c.heard {
		n += uint64(max(0, r.slots))
	}
	return n
}

// known returns the ids of the replicas that answered lately.
func (c *replicas) known(now time.Time) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(now)
	ids := make([]string, 0, len(c.heard))
	for id := range c.heard {
		ids = append(ids, id)
	}
	return ids
}

// forget forgets the replicas that have not answered for long; with the lock held.
func (c *replicas) forget(now time.Time) {
	for id, r := range c.heard {
		if now.Sub(r.at) > heardFor {
			delete(c.heard, id)
		}
	}
}
