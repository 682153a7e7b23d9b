package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

// Backlog is what a durable consumer has before it, in all chat streams together.
type Backlog struct {
	// Waiting counts events that were not given to any replica yet.
	Waiting uint64
	// Held counts those that were given to one and are not dealt with: that it works
	// on, or has at hand to work on next; that wait for their next try; or that it
	// had when it died, until another is given them.
	Held uint64
	// Done counts deliveries that were dealt with since the consumer was made. An
	// event that was delivered again counts each time.
	Done uint64
}

// Backlog asks the leaders of the consumer in all chat streams. Where there is no
// such consumer yet, nothing waits. It is one request a stream, all at once.
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
