package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// maxBatch is how many events one batch may hold.
const maxBatch = 500

var batching = backoff.Policy{Min: 250 * time.Millisecond, Max: 15 * time.Second}

// ConsumeBatches passes events of all chat streams to handle, as many at once as are
// there (1 to 500, of one stream), until the context ends. A batch is acknowledged as a
// whole when handle returns nil. Otherwise the same batch is passed again after a
// growing delay, for as long as it takes: nothing is dropped. handle is called for
// several streams at once. An event that keeps crashing the process becomes a dead
// letter; which others do (see RecordDeadLetter), handle decides.
func (c *Conn) ConsumeBatches(ctx context.Context, consumer Consumer, handle func(context.Context, []chat.Event) error) error {
	g, ctx := errgroup.WithContext(ctx)
	c.metrics.expect(consumer.Name)
	cfg := c.batchConfig(consumer)
	b := &batcher{conn: c, role: consumer.Name, handle: handle, alone: make(chan struct{}, 1)}
	hearing := c.newHearing(consumer.Name)
	for _, stream := range c.chatStreams() {
		g.Go(func() error { return c.pull(ctx, hearing, stream, cfg, b.pull) })
	}
	return g.Wait()
}

func (c *Conn) batchConfig(consumer Consumer) jetstream.ConsumerConfig {
	cfg := c.consumerConfig(consumer)
	cfg.MaxAckPending = 4 * maxBatch
	return cfg
}

// gather is how long a batch waits for more after its first event: each batch costs the
// store, and nobody waits for it (a page reads the stream's tail).
const gather = 50 * time.Millisecond

// pull handles one batch: it waits for one delivery and takes what else arrives within
// a moment.
func (b *batcher) pull(ctx context.Context, cons jetstream.Consumer) error {
	var messages []*pulled
	take := func(n int, wait time.Duration) (int, error) {
		return b.conn.take(ctx, cons.CachedInfo(), n, wait, func(msg *pulled) { messages = append(messages, msg) })
	}
	got, err := take(1, pullWait)
	if got > 0 && err == nil && ctx.Err() == nil {
		_, err = take(maxBatch-1, gather)
	}
	if len(messages) > 0 { // what arrived counts, however the pull ended
		err := b.deal(ctx, messages)
		if err != nil { // the context ended: another replica has the rest at once
			for _, msg := range messages {
				_ = msg.Nak()
			}
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("pull from consumer %s: %w", b.role, translate(err))
	}
	return nil
}

// batcher handles the batches of a consumer in this replica.
type batcher struct {
	conn   *Conn
	role   string
	handle func(context.Context, []chat.Event) error
	// alone holds a token while an event is handled by itself, see quarantine.
	alone chan struct{}
}

// received is an event of a batch and where it came from.
type received struct {
	msg *pulled
	origin
	event chat.Event
}

// deal handles and settles what was received, or returns an error once the context
// has ended; other replicas get the rest.
func (b *batcher) deal(ctx context.Context, messages []*pulled) error {
	return b.conn.beatWhile(messages, func() error {
		var batch, quarantined []received
		// If the keys can't be read, all sealed events together hold the rest up this long.
		opening, end := context.WithTimeout(ctx, prepareTime)
		defer end()
		for _, msg := range messages {
			from, err := originOf(msg.Msg)
			if err != nil {
				b.conn.log.Error().Err(err).Str("consumer", b.role).Msg("a message that is no delivery")
				continue
			}
			b.conn.metrics.received(b.role, from.tries)
			e, err := b.conn.readEvent(opening, from)
			if ctx.Err() != nil {
				return ctx.Err() // what could not be opened for that reason is not at fault
			}
			r := received{msg, from, e}
			switch {
			case errors.Is(err, ErrUnavailable) || errors.Is(err, errNoKey) && from.tries < defaultTries:
				// It can't be opened now, or its kind is unknown. A stream leader that
				// does not know the key may be stale.
				b.conn.calls.Line("unreadable", b.conn.log.Warn()).Err(err).Str("consumer", b.role).Str("chat", string(e.Chat)).Uint64("seq", e.Seq).Msg("an event can't be read now, it will come again")
				_ = msg.NakWithDelay(redelivering.Delay(from.tries))
			case err != nil:
				b.deadLetter(ctx, r, 0, err)
			case from.tries > untrackedTries+1:
				quarantined = append(quarantined, r)
			default:
				batch = append(batch, r)
			}
		}
		if err := b.handleUntilDone(ctx, batch); err != nil {
			return err
		}
		for _, r := range quarantined {
			if err := b.quarantine(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// handleUntilDone passes events to handle until it succeeds or the context ends.
func (b *batcher) handleUntilDone(ctx context.Context, batch []received) error {
	if len(batch) == 0 {
		return nil
	}
	events := make([]chat.Event, len(batch))
	for i, r := range batch {
		events[i] = r.event
	}
	for try := 1; ; try++ {
		log := func() *zerolog.Logger {
			log := b.conn.log.With().Str("consumer", b.role).Int("events", len(events)).Int("try", try).Logger()
			return &log
		}
		err := safely(ctx, log, func(ctx context.Context) error { return b.handle(ctx, events) })
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.conn.metrics.settledAs(b.role, retry, len(batch))
		level := zerolog.WarnLevel
		if errors.Is(err, ErrUnavailable) { // whoever knows what is down logs it once
			level = zerolog.DebugLevel
		}
		log().WithLevel(level).Err(err).Msg("batch failed, trying again")
		if err := batching.Wait(ctx, try); err != nil {
			return err
		}
	}
	b.conn.metrics.settledAs(b.role, ack, len(batch))
	for _, r := range batch {
		_ = r.msg.Ack() // if that is lost, it comes again and changes nothing
	}
	return nil
}

// quarantine handles an event that was delivered often: perhaps the process crashes
// each time, because of this event or another one of its batch. So it is handled by
// itself, one such event at a time, and a record says that it was started. If it was
// started too often without an end, it is given up.
func (b *batcher) quarantine(ctx context.Context, r received) error {
	select {
	case b.alone <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-b.alone }()
	records, key := &b.conn.attempts, attemptKey(b.role, r.stream, r.seq)
	a, err := records.of(ctx, key)
	if err == nil && a.crashLoops() {
		b.deadLetter(ctx, r, 0, errCrashLoop)
		return nil
	}
	mark := ""
	if err == nil {
		mark, err = records.begin(ctx, key)
	}
	if err == nil {
		err = b.handleUntilDone(ctx, []received{r})
	}
	if err == nil {
		records.forget(ctx, key)
		return nil
	}
	if mark != "" {
		_, _ = records.changeSurely(ctx, key, func(a attempt) attempt { return a.end(mark) })
	}
	if ctx.Err() == nil { // the records can't be read or written
		b.conn.log.Warn().Str("consumer", b.role).Str("chat", string(r.event.Chat)).Uint64("seq", r.seq).Err(err).Msg("delivery failed, it will come again")
		_ = r.msg.NakWithDelay(redelivering.Delay(r.tries))
	}
	return ctx.Err()
}

// deadLetter settles a delivery that is given up.
func (b *batcher) deadLetter(ctx context.Context, r received, failed int, cause error) {
	log := b.conn.log.With().Str("consumer", b.role).Str("chat", string(r.event.Chat)).Uint64("seq", r.seq).Int("deliveries", r.tries).Logger()
	if err := b.conn.record(ctx, newDeadLetter(b.role, r.origin, failed, cause.Error())); err != nil {
		log.Warn().Err(err).Msg("could not record a dead letter, trying again")
		_ = r.msg.NakWithDelay(redelivering.Delay(r.tries))
		return
	}
	log.Error().Err(cause).Msg("gave up on a delivery: recorded as a dead letter")
	_ = r.msg.TermWithReason("recorded as a dead letter")
	if r.tries > 1 {
		b.conn.attempts.forget(ctx, attemptKey(b.role, r.stream, r.seq))
	}
}

// beatWhile runs f and meanwhile reports to NATS that the messages are being handled.
func (c *Conn) beatWhile(messages []*pulled, f func() error) error {
	done := make(chan struct{})
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		t := time.NewTicker(c.ackWait / beats)
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
