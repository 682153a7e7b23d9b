package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// maxBatch is how many events one batch may hold, and maxBatchSize about how many bytes,
	// beyond which no further event is added.
	maxBatch     = 2000
	maxBatchSize = 8 << 20

	// maxUnstored is how many deliveries of all streams a replica holds: of the batch that
	// is being handled, of the next one, and of those that are set aside.
	maxUnstored = 2 * maxBatch

	// maxAside is how many batches are set aside at most. A further one that is refused
	// holds up those behind it.
	maxAside = 4

	// gather is how long a batch waits for more after its first event: each batch costs the
	// store, and nobody waits for it (a page reads the stream's tail).
	gather = 50 * time.Millisecond

	// gulpEach is how often one of all streams is pulled from while there are events, and
	// minGulp and maxGulp how often each is: small gulps, one after the other, keep nobody
	// else on the machine waiting, as those of all streams at once would.
	gulpEach = 25 * time.Millisecond
	minGulp  = 50 * time.Millisecond
	maxGulp  = 200 * time.Millisecond
)

var batching = backoff.Policy{Min: 250 * time.Millisecond, Max: 15 * time.Second}

// ConsumeBatches passes events of all chat streams to handle, as many at once as arrive
// within a moment (1 to 2,000), until the context ends. Those of one stream are in order
// unless some are delivered again. A batch is acknowledged as a whole when handle returns
// nil. Otherwise the same batch is passed again after a growing delay, for as long as it
// takes: nothing is dropped. A batch that is refused, other than with ErrUnavailable, is
// set aside meanwhile, so that the ones after it are not held up; therefore handle is
// called for several batches at once. An event that keeps crashing the process becomes a
// dead letter; which others do (see RecordDeadLetter), handle decides.
func (c *Conn) ConsumeBatches(ctx context.Context, consumer Consumer, handle func(context.Context, []chat.Event) error) error {
	c.metrics.expect(consumer.Name)
	cfg, hearing, streams := c.batchConfig(consumer), c.newHearing(consumer.Name), c.chatStreams()
	b := &batcher{
		conn: c, role: consumer.Name, handle: handle, held: map[*received]struct{}{},
		alone: make(chan struct{}, 1), aside: make(chan struct{}, maxAside),
	}
	room := max(1, maxUnstored/len(streams))
	b.arrived = make(chan *received, room*len(streams))
	var pulls, batches, beating sync.WaitGroup
	for _, stream := range streams {
		pulls.Go(func() { b.pull(ctx, hearing, stream, cfg, make(chan struct{}, room)) })
	}
	batches.Go(func() { b.run(ctx) })
	stop := make(chan struct{})
	beating.Go(func() { b.conn.beat(stop, b.due) })

	pulls.Wait() // until the context ends
	close(b.arrived)
	batches.Wait()
	close(stop)
	beating.Wait()
	b.giveBack()
	return nil
}

func (c *Conn) batchConfig(consumer Consumer) jetstream.ConsumerConfig {
	cfg := c.consumerConfig(consumer)
	// Those of one stream in the hands of all replicas.
	cfg.MaxAckPending = 4 * maxUnstored
	return cfg
}

// batcher handles the batches of a consumer in this replica: pulls of each stream put into
// arrived what one goroutine makes batches of.
type batcher struct {
	conn   *Conn
	role   string
	handle func(context.Context, []chat.Event) error

	// arrived has room for everything that may be held.
	arrived chan *received
	// alone holds a token while an event is handled by itself, see quarantine.
	alone chan struct{}
	// aside holds a token for each batch that is set aside; later waits for them, and for
	// the events in quarantine.
	aside chan struct{}
	later sync.WaitGroup

	mu   sync.Mutex // guards held
	held map[*received]struct{}
}

// received is a delivery that this replica has and has not settled.
type received struct {
	pulled
	room  chan struct{} // of its stream: holds a token for it
	since time.Time
	origin
	event chat.Event
}

// pull pulls from a stream until the context ends, and no more than there is room for.
func (b *batcher) pull(ctx context.Context, hearing *hearing, stream string, cfg jetstream.ConsumerConfig, room chan struct{}) {
	p := b.conn.newPulls(stream, b.role, room, func(_ context.Context, msg *nats.Msg) {
		r := &received{pulled: pulled{Msg: msg, nc: b.conn.nc}, room: room, since: time.Now()}
		b.mu.Lock()
		b.held[r] = struct{}{}
		b.mu.Unlock()
		b.arrived <- r
	})
	p.gulps(gulpPause(len(b.conn.chatStreams())))
	defer p.end(ctx)
	_ = b.conn.pull(ctx, hearing, stream, cfg, func(ctx context.Context, _ jetstream.Consumer) error {
		if err := p.step(ctx); err != nil {
			return fmt.Errorf("pull from consumer %s: %w", b.role, translate(err))
		}
		return nil
	})
}

// gulpPause is how long the pulls of each of so many streams pause.
func gulpPause(streams int) time.Duration {
	return min(maxGulp, max(minGulp, time.Duration(streams)*gulpEach))
}

// run handles what arrives, batch by batch, until nothing more does.
func (b *batcher) run(ctx context.Context) {
	for first := range b.arrived {
		if ctx.Err() == nil { // otherwise it is given back
			b.deal(ctx, b.gathered(ctx, first))
		}
	}
	b.later.Wait()
}

// gathered returns a batch: what arrives within a moment, and as much as it may hold.
func (b *batcher) gathered(ctx context.Context, first *received) []*received {
	batch, size := []*received{first}, len(first.Data)
	moment := time.NewTimer(gather)
	defer moment.Stop()
	for len(batch) < maxBatch && size < maxBatchSize {
		select {
		case r, open := <-b.arrived:
			if !open {
				return batch
			}
			batch, size = append(batch, r), size+len(r.Data)
		case <-moment.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}

// deal handles what was received and settles it, now or later. What is not settled when
// the context ends is given back.
func (b *batcher) deal(ctx context.Context, all []*received) {
	batch, quarantined := make([]*received, 0, len(all)), []*received(nil)
	// If the keys can't be read, all sealed events together hold the rest up this long.
	opening, end := context.WithTimeout(ctx, prepareTime)
	defer end()
	for _, r := range all {
		var err error
		if r.origin, err = originOf(r.Msg); err != nil {
			b.conn.log.Error().Err(err).Str("consumer", b.role).Msg("a message that is no delivery")
			b.settled(r)
			continue
		}
		b.conn.metrics.received(b.role, r.tries)
		r.event, err = b.conn.readEvent(opening, r.origin)
		if ctx.Err() != nil {
			return // what could not be opened for that reason is not at fault
		}
		switch {
		case errors.Is(err, ErrUnavailable) || errors.Is(err, errNoKey) && r.tries < defaultTries:
			// It can't be opened now, or its kind is unknown. A stream leader that
			// does not know the key may be stale.
			b.conn.calls.Line("unreadable", b.conn.log.Warn()).Err(err).Str("consumer", b.role).Str("chat", string(r.event.Chat)).Uint64("seq", r.event.Seq).Msg("an event can't be read now, it will come again")
			b.again(r)
		case err != nil:
			b.deadLetter(ctx, r, 0, err)
		case r.tries > untrackedTries+1:
			quarantined = append(quarantined, r)
		default:
			batch = append(batch, r)
		}
	}
	if len(quarantined) > 0 { // aside, because one may be refused for long
		b.later.Go(func() {
			for _, r := range quarantined {
				b.quarantine(ctx, r)
			}
		})
	}
	if len(batch) > 0 {
		_ = b.handleUntilDone(ctx, batch, 1, true)
	}
}

// handleUntilDone passes events to handle until it succeeds, and acknowledges them, or
// until the context ends. try is the first try's number. If the events may be set aside,
// it returns nil as soon as they are.
func (b *batcher) handleUntilDone(ctx context.Context, batch []*received, try int, mayLeave bool) error {
	events := make([]chat.Event, len(batch))
	for i, r := range batch {
		events[i] = r.event
	}
	for ; ; try++ {
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
		level, down := zerolog.WarnLevel, errors.Is(err, ErrUnavailable)
		if down { // whoever knows what is down logs it once
			level = zerolog.DebugLevel
		}
		log().WithLevel(level).Err(err).Msg("batch failed, trying again")
		if mayLeave && !down && b.setAside(ctx, batch, try) {
			return nil
		}
		if err := batching.Wait(ctx, try); err != nil {
			return err
		}
	}
	b.conn.metrics.settledAs(b.role, ack, len(batch))
	for _, r := range batch {
		_ = r.Ack() // if that is lost, it comes again and changes nothing
	}
	b.settled(batch...)
	return nil
}

// setAside has a batch that was refused tried again beside those after it: if one event of
// it is refused for good, that shows only once others are taken. It returns false if as
// many as may are set aside.
func (b *batcher) setAside(ctx context.Context, batch []*received, try int) bool {
	select {
	case b.aside <- struct{}{}:
	default:
		return false
	}
	b.later.Go(func() {
		defer func() { <-b.aside }()
		if batching.Wait(ctx, try) == nil {
			_ = b.handleUntilDone(ctx, batch, try+1, false)
		}
	})
	return true
}

// quarantine handles an event that was delivered often: perhaps the process crashes
// each time, because of this event or another one of its batch. So it is handled by
// itself, one such event at a time, and a record says that it was started. If it was
// started too often without an end, it is given up.
func (b *batcher) quarantine(ctx context.Context, r *received) {
	select {
	case b.alone <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-b.alone }()
	records, key := &b.conn.attempts, attemptKey(b.role, r.stream, r.seq)
	a, err := records.of(ctx, key)
	if err == nil && a.crashLoops() {
		b.deadLetter(ctx, r, 0, errCrashLoop)
		return
	}
	mark := ""
	if err == nil {
		mark, err = records.begin(ctx, key)
	}
	if err == nil {
		err = b.handleUntilDone(ctx, []*received{r}, 1, false)
	}
	if err == nil {
		records.forget(ctx, key)
		return
	}
	if mark != "" {
		_, _ = records.changeSurely(ctx, key, func(a attempt) attempt { return a.end(mark) })
	}
	if ctx.Err() == nil { // the records can't be read or written
		b.conn.log.Warn().Str("consumer", b.role).Str("chat", string(r.event.Chat)).Uint64("seq", r.seq).Err(err).Msg("delivery failed, it will come again")
		b.again(r)
	}
}

// deadLetter settles a delivery that is given up.
func (b *batcher) deadLetter(ctx context.Context, r *received, failed int, cause error) {
	log := b.conn.log.With().Str("consumer", b.role).Str("chat", string(r.event.Chat)).Uint64("seq", r.seq).Int("deliveries", r.tries).Logger()
	if err := b.conn.record(ctx, newDeadLetter(b.role, r.origin, failed, cause.Error())); err != nil {
		log.Warn().Err(err).Msg("could not record a dead letter, trying again")
		b.again(r)
		return
	}
	log.Error().Err(cause).Msg("gave up on a delivery: recorded as a dead letter")
	_ = r.TermWithReason("recorded as a dead letter")
	b.settled(r)
	if r.tries > 1 {
		b.conn.attempts.forget(ctx, attemptKey(b.role, r.stream, r.seq))
	}
}

// again gives a delivery back to NATS, to be delivered after a delay.
func (b *batcher) again(r *received) {
	_ = r.NakWithDelay(redelivering.Delay(r.tries))
	b.settled(r)
}

// settled makes room for as many more.
func (b *batcher) settled(all ...*received) {
	b.mu.Lock()
	for _, r := range all {
		delete(b.held, r)
	}
	b.mu.Unlock()
	for _, r := range all {
		<-r.room
	}
}

// giveBack gives to other replicas what this one has not settled. No pull may be open any
// more: it could be given the same again.
func (b *batcher) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.held {
		_ = r.Nak()
	}
}

// due returns what is held since before then.
func (b *batcher) due(before time.Time) (list []*pulled) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.held {
		if r.since.Before(before) {
			list = append(list, &r.pulled)
		}
	}
	return list
}
