package admission

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// askEvery is the time between two questions to the bot's replicas.
	askEvery = time.Second
	// heardFor is how long a replica still counts that does not answer: it may be busy.
	heardFor = 5 * time.Second
)

// botConcurrency is how many messages the bot's replicas can think about at once, by
// their own account. A replica that was stopped or died no longer answers and is soon
// forgotten; if there is no replica at all that is known at once.
type botConcurrency struct {
	mu    sync.Mutex // guards heard
	heard map[string]heard
}

// heard is a replica's last answer.
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

// slots returns how many messages all replicas can think about at once.
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

// known returns the ids of the replicas that answered lately.
func (c *botConcurrency) known() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]string, 0, len(c.heard))
	for id := range c.heard {
		ids = append(ids, id)
	}
	return ids
}
