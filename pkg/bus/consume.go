package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// ackWait is after how long without a sign of life a delivery is given to
	// another replica; beats is how many such signs a worker gives in that time.
	ackWait = 3 * time.Second
	beats   = 3

	// minHeld is how many deliveries of one stream a replica may hold at least.
	minHeld = 8

	// maxPending bounds the deliveries of one stream that are not settled: those
	// that all replicas hold and those that wait for their next try. The latter
	// can be many while something is away that only some chats need (a store, for
	// chats whose state was purged), and the others must not wait behind them.
	maxPending = 20_000

	// pullWait is how long a pull waits for its first delivery.
	pullWait = 4750 * time.Millisecond
	// pullSign is how often a pull that waits is told that the consumer's leader
	// still knows of it; after twice as long without it is made anew. A leader
	// that was killed takes its pulls with it, and the next one, which is elected
	// after three seconds at the earliest, would give nobody anything.
	pullSign = 1500 * time.Millisecond
	// pullSlack is how much longer than the server a replica waits for the end of a
	// pull, so that as a rule the server ends it.
	pullSlack = 250 * time.Millisecond
)

// Delivery is one event given to a worker.
type Delivery struct {
	Event chat.Event
	// Hint is what the gateway knew of the chat, or nil. See Conn.Decide.
	Hint *Snapshot
	// Tries counts the deliveries of this event, from 1.
	Tries int
}

// Consumer describes a durable consumer that all replicas of a role share.
type Consumer struct {
	Name string // of the durable consumer: the role's
	// Filters are the subjects that it hears; none means all.
	Filters []Subject
	// Workers bounds how many handlers run at once in this replica.
	Workers int
	// Tries is how often the handler may fail at an event before that goes to the
	// dead letters; 0 stands for 5. Failures are counted over all replicas.
	// Deliveries that were lost with a replica, or met ErrUnavailable, are none.
	Tries int
	// Finish is how long handlers that run when Consume's context ends may go on:
	// theirs ends so much later. 0: both end at once.
	Finish time.Duration
	// GaveUp, if not nil, tells whom it concerns that an event was given up, before
	// it is recorded among the dead letters. It is called until it succeeds, so it
	// may be called again for an event it has told of; where it fails like a
	// handler that is given up, the letter is recorded all the same, and says so.
	// The event has no Kind where it could not be read.
	GaveUp Handler
}

func (c Consumer) tries() int { return cmp.Or(max(c.Tries, 0), defaultTries) }

// Handler deals with one delivery. What it returns decides what becomes of that:
//
//   - nil: it is acknowledged.
//   - An error marked Permanent: it is given up, see Consumer.GaveUp.
//   - An error that wraps ErrUnavailable: it is delivered again after a growing
//     delay, for as long as it takes.
//   - Any error after Consume's context ended: it is delivered to another replica
//     at once, and that does not count.
//   - Any other error, or a panic: the same, but Consumer.Tries times at most.
//
// An event that is handled when the process ends, again and again, is given up as
// well. It may be delivered to any replica each time. Events of one chat are
// handed to one replica's handler one after the other, but another replica may
// hold another event of the same chat at the same time.
type Handler func(ctx context.Context, d Delivery) error

// Consume handles deliveries from all chat streams until the context ends. Then it
// takes no more, gives back at once those that it has not begun, and waits for the
// handlers that run, see Consumer.Finish. (What waits behind one that runs, in the
// same chat, is given back after it: another replica would deal with both.)
//
// While a handler runs NATS is told every second that it does, so a delivery moves
// to another replica within seconds of its replica's death and never because the
// handler is slow.
func (c *Conn) Consume(ctx context.Context, consumer Consumer, handle Handler) error {
	g, ctx := errgroup.WithContext(ctx)
	p, streams := newPool(consumer.Workers), c.chatStreams()
	handle = c.watchedBy("handle", consumer.Name, handle)
	if consumer.GaveUp != nil {
		consumer.GaveUp = c.watchedBy("give up", consumer.Name, consumer.GaveUp)
	}
	if consumer.Finish > 0 {
		finishing, end := outlive(ctx, consumer.Finish)
		defer end()
		handle, consumer.GaveUp = within(finishing, handle), within(finishing, consumer.GaveUp)
	}
	c.metrics.expect(consumer.Name)
	hearing := c.newHearing(consumer.Name)
	for _, stream := range streams {
		q := c.newQueue(consumer, p, roomFor(consumer.Workers, len(streams)), func(from origin, msg *pulled) task { return consumer.task(handle, from, msg) })
		g.Go(func() error {
			defer q.attend()()
			return c.pull(ctx, hearing, stream, c.consumerConfig(consumer), q.fetch)
		})
	}
	return g.Wait()
}

// outlive returns a context that ends so long after ctx, or when end is called.
func outlive(ctx context.Context, by time.Duration) (longer context.Context, end func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		defer cancel()
		limit := time.NewTimer(by)
		defer limit.Stop()
		select {
		case <-limit.C:
		case <-longer.Done():
		}
	})
	return longer, func() { unhook(); cancel() }
}

// within has a handler work in that context.
func within(ctx context.Context, handle Handler) Handler {
	if handle == nil {
		return nil
	}
	return func(_ context.Context, d Delivery) error { return handle(ctx, d) }
}

func (c Consumer) task(handle Handler, from origin, msg *pulled) task {
	d, err := decodeDelivery(from, msg.Header.Get(hintHeader))
	t := task{chat: d.Event.Chat, handle: func(ctx context.Context) error { return handle(ctx, d) }}
	if err != nil {
		t.unreadable = Permanent(err)
	}
	if c.GaveUp != nil && d.Event.Chat != "" {
		t.gaveUp = func(ctx context.Context) error { return c.GaveUp(ctx, d) }
	}
	return t
}

// decodeDelivery reads an event. With an error it returns what is known of it.
func decodeDelivery(from origin, hint string) (Delivery, error) {
	d := Delivery{Tries: from.tries}
	id, _, err := parseSubject(from.subject)
	if err != nil {
		return d, err
	}
	if d.Event, err = chat.Decode(from.data, id, from.seq, from.stored); err != nil {
		d.Event = chat.Event{Chat: id, Seq: from.seq, At: from.stored}
		return d, err
	}
	d.Event.Trace = from.trace
	var s Snapshot
	if hint != "" && json.Unmarshal([]byte(hint), &s) == nil { // else: no hint, one read more
		d.Hint = &s
	}
	return d, nil
}

// readEvent is decodeDelivery for who is given notes, too: it opens them.
func (c *Conn) readEvent(ctx context.Context, from origin) (chat.Event, error) {
	d, err := decodeDelivery(from, "")
	if err != nil {
		return d.Event, err
	}
	return c.notes.opened(ctx, d.Event, from.data)
}

func (c *Conn) consumerConfig(consumer Consumer) jetstream.ConsumerConfig {
	cfg := jetstream.ConsumerConfig{
		Durable: consumer.Name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.ackWait,
		MaxDeliver: -1, MaxAckPending: maxPending, DeliverPolicy: jetstream.DeliverAllPolicy,
	}
	for _, f := range consumer.Filters {
		cfg.FilterSubjects = append(cfg.FilterSubjects, string(f))
	}
	return cfg
}

var (
	pulling = backoff.Policy{Min: 100 * time.Millisecond, Max: 5 * time.Second}
	// leaderless is for a consumer that has no leader now, or that can't be asked.
	leaderless = backoff.Policy{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond}
)

// lookAgain is after how many pulls without an answer it is asked whether the
// consumer is still there.
const lookAgain = 10

// pull makes the consumer and works on it, a round after the other, again with
// growing delay when NATS fails, until the context ends.
//
// A consumer whose leader was killed is pulled from until it has another one: who
// pulls is told at once that there is none, while who asks for the consumer is not
// answered, and waits for the time limit.
func (c *Conn) pull(ctx context.Context, hearing *hearing, stream string, cfg jetstream.ConsumerConfig, round func(context.Context, jetstream.Consumer) error) error {
	var cons jetstream.Consumer
	failed, unanswered := 0, 0 // rounds in a row
	for {
		var err error
		if cons == nil {
			cons, err = c.durable(ctx, stream, cfg)
		}
		for err == nil && ctx.Err() == nil {
			if !c.nc.IsConnected() {
				// nats.go leaves behind the subscription of a pull that can't be sent.
				err = ErrUnavailable
				break
			}
			if err = round(ctx, cons); err == nil {
				failed, unanswered = 0, 0
				hearing.works(stream)
			}
		}
		if ctx.Err() != nil {
			return nil
		}
		c.log.Debug().Str("stream", stream).Str("consumer", cfg.Durable).Err(err).Msg("consumer stopped, trying again")
		hearing.fails(stream, err)
		if cons != nil && lacksLeader(err) {
			unanswered++
			if unanswered%lookAgain == 0 && c.removed(ctx, stream, cfg.Durable) {
				cons = nil
			}
			err = leaderless.Wait(ctx, unanswered)
		} else {
			failed++
			cons, err = nil, pulling.Wait(ctx, failed)
		}
		if err != nil {
			return nil
		}
	}
}

// lacksLeader reports whether a pull failed because nobody answers it now.
func lacksLeader(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, jetstream.ErrNoHeartbeat) ||
		errors.Is(err, jetstream.ErrConsumerLeadershipChanged) || errors.Is(err, jetstream.ErrServerShutdown)
}

// removed reports whether the server says that there is no such consumer or stream.
func (c *Conn) removed(ctx context.Context, stream, consumer string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := c.js.Consumer(ctx, stream, consumer)
	return errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound)
}
