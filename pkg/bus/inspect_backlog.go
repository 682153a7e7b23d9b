package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Backlog is what a durable consumer still has to handle, in all chat streams together.
type Backlog struct {
	// Waiting counts events that were not delivered to any replica yet.
	Waiting uint64
	// Held counts those that were delivered and not settled: a replica handles them, or
	// has them at hand to handle next; they wait for their next try; or their replica
	// died and they were not redelivered yet.
	Held uint64
	// Done counts deliveries that were settled since the consumer was created. An event
	// that was delivered again counts each time.
	Done uint64
}

// Backlog asks the consumer's leaders in all chat streams, with one request each, all at
// once. If there is no such consumer yet, nothing waits.
func (c *Conn) Backlog(ctx context.Context, consumer string) (Backlog, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	var all Backlog
	var mu sync.Mutex // guards all
	g, ctx := errgroup.WithContext(ctx)
	for _, stream := range c.chatStreams() {
		g.Go(func() error {
			cons, err := c.js.Consumer(ctx, stream, consumer)
			if errors.Is(err, jetstream.ErrConsumerNotFound) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("ask for consumer %s of stream %s: %w", consumer, stream, translate(err))
			}
			info := cons.CachedInfo()
			out := uint64(max(0, info.NumAckPending))
			mu.Lock()
			defer mu.Unlock()
			all.Waiting += info.NumPending
			all.Held += out
			all.Done += info.Delivered.Consumer - min(out, info.Delivered.Consumer)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return Backlog{}, err
	}
	return all, nil
}
