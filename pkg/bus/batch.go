package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// maxBatch is how many events one batch may hold.
const maxBatch = 500

var batching = backoff.Policy{Min: 250 * time.Millisecond, Max: 15 * time.Second}

// ConsumeBatches hands events of all chat streams to handle, as many at once as
// are there (1 to 500, of one stream), until the context ends. A batch is
// acknowledged whole when handle returns nil. Otherwise the same batch is handed
// over again after a growing delay, for as long as it takes: nothing is dropped.
// handle is called for several streams at once.
func (c *Conn) ConsumeBatches(ctx context.Context, consumer Consumer, handle func(context.Context, []chat.Event) error) error {
	g, ctx := errgroup.WithContext(ctx)
	cfg := c.consumerConfig(consumer)
	cfg.MaxAckPending = 4 * maxBatch
	for _, stream := range c.chatStreams() {
		g.Go(func() error {
			return c.pull(ctx, stream, cfg, func(ctx context.Context, cons jetstream.Consumer) error {
				return c.pullBatches(ctx, consumer.Name, cons, handle)
			})
		})
	}
	return g.Wait()
}

func (c *Conn) pullBatches(ctx context.Context, role string, cons jetstream.Consumer, handle func(context.Context, []chat.Event) error) error {
	for ctx.Err() == nil {
		messages, err := nextBatch(ctx, cons)
		if err != nil {
			return fmt.Errorf("pull from consumer %s: %w", role, err)
		}
		if len(messages) == 0 {
			continue
		}
		if err := c.handleBatch(ctx, role, messages, handle); err != nil {
			return nil // the context ended; others will be given the batch
		}
	}
	return nil
}

// gather is how long a batch waits for more after its first message: the store
// pays for each batch, and nobody waits for it (a page reads the stream's tail).
const gather = 50 * time.Millisecond

// nextBatch waits for one message and takes what else comes within a moment.
func nextBatch(ctx context.Context, cons jetstream.Consumer) ([]jetstream.Msg, error) {
	first, err := fetchOne(ctx, cons)
	if len(first) == 0 || err != nil {
		return nil, err
	}
	more, err := collect(cons.Fetch(maxBatch-1, jetstream.FetchMaxWait(gather)))
	return append(first, more...), err
}

// fetchOne waits for one message for some seconds, or until the context ends.
func fetchOne(ctx context.Context, cons jetstream.Consumer) ([]jetstream.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, pullWait)
	defer cancel()
	return collect(cons.Fetch(1, jetstream.FetchContext(ctx)))
}

func collect(batch jetstream.MessageBatch, err error) ([]jetstream.Msg, error) {
	if err != nil {
		return nil, translate(err)
	}
	var messages []jetstream.Msg
	for msg := range batch.Messages() {
		messages = append(messages, msg)
	}
	if err := batch.Error(); err != nil && len(messages) == 0 && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		return nil, translate(err)
	}
	return messages, nil
}

// handleBatch hands one batch over until it is done or the context ends.
func (c *Conn) handleBatch(ctx context.Context, role string, messages []jetstream.Msg, handle func(context.Context, []chat.Event) error) error {
	events := make([]chat.Event, 0, len(messages))
	good := messages[:0:0]
	for _, msg := range messages {
		d, err := c.decodeDelivery(msg)
		if err != nil {
			c.settle(ctx, role, msg, Delivery{}, Permanent(err))
			continue
		}
		events, good = append(events, d.Event), append(good, msg)
	}
	if len(events) == 0 {
		return nil
	}
	for try := 1; ; try++ {
		err := c.beatWhile(good, func() error { return handle(ctx, events) })
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c.log.Warn().Str("role", role).Int("events", len(events)).Int("try", try).Err(err).Msg("batch failed, trying again")
		if err := c.beatWhile(good, func() error { return batching.Wait(ctx, try) }); err != nil {
			return err
		}
	}
	for _, msg := range good {
		_ = msg.Ack() // lost: it comes again and changes nothing
	}
	return nil
}

// beatWhile runs f and meanwhile tells NATS that the messages are worked on.
func (c *Conn) beatWhile(messages []jetstream.Msg, f func() error) error {
	done := make(chan struct{})
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		t := time.NewTicker(beat)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				for _, msg := range messages {
					_ = msg.InProgress()
				}
			}
		}
	}()
	defer func() { close(done); <-beating }()
	return f()
}
