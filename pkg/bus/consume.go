package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// ackWait is after how long without a sign of life a delivery is given to
	// another replica; beat is how often a worker gives that sign.
	ackWait = 3 * time.Second
	beat    = time.Second

	// heldPerStream bounds the deliveries of one stream that a replica holds.
	heldPerStream = 128

	pullWait = 5 * time.Second
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
}

// Handler deals with one delivery. nil acknowledges it; an error marked
// Permanent records it among the dead letters; any other error has it delivered
// again, to any replica, after a growing delay. Events of one chat are handed to
// one replica's handler one after the other, but another replica may hold
// another event of the same chat at the same time.
type Handler func(ctx context.Context, d Delivery) error

// Consume handles deliveries from all chat streams until the context ends; then
// it waits for the handlers that run. While a handler runs NATS is told every
// second that it does, so a delivery moves to another replica within seconds of
// its replica's death and never because the handler is slow.
func (c *Conn) Consume(ctx context.Context, consumer Consumer, handle Handler) error {
	g, ctx := errgroup.WithContext(ctx)
	workers := make(chan struct{}, max(1, consumer.Workers))
	for _, stream := range c.chatStreams() {
		q := &queue{conn: c, role: consumer.Name, handle: handle, workers: workers, lanes: map[chat.ID][]*held{}, beats: map[*held]struct{}{}, room: make(chan struct{}, heldPerStream)}
		g.Go(func() error {
			defer q.attend()()
			return c.pull(ctx, stream, c.consumerConfig(consumer), func(ctx context.Context, cons jetstream.Consumer) error { return q.run(ctx, cons) })
		})
	}
	return g.Wait()
}

func (c *Conn) consumerConfig(consumer Consumer) jetstream.ConsumerConfig {
	cfg := jetstream.ConsumerConfig{
		Durable: consumer.Name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait,
		MaxDeliver: -1, MaxAckPending: 20 * heldPerStream, DeliverPolicy: jetstream.DeliverAllPolicy,
	}
	for _, f := range consumer.Filters {
		cfg.FilterSubjects = append(cfg.FilterSubjects, string(f))
	}
	return cfg
}

var pulling = backoff.Policy{Min: 100 * time.Millisecond, Max: 5 * time.Second}

// pull makes the consumer and runs work on it, again with growing delay when
// NATS fails, until the context ends.
func (c *Conn) pull(ctx context.Context, stream string, cfg jetstream.ConsumerConfig, work func(context.Context, jetstream.Consumer) error) error {
	for try := 1; ; try++ {
		began := time.Now()
		cons, err := c.js.CreateOrUpdateConsumer(ctx, stream, cfg)
		if err == nil {
			err = work(ctx, cons)
		}
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > pulling.Max {
			try = 1
		}
		c.log.Warn().Str("stream", stream).Str("consumer", cfg.Durable).Err(err).Msg("consumer stopped, trying again")
		if pulling.Wait(ctx, try) != nil {
			return nil
		}
	}
}

// held is a delivery that this replica has and has not settled.
type held struct {
	msg jetstream.Msg
	d   Delivery
}

// queue hands the deliveries of one stream to handlers: those of one chat in a
// lane of their own, one after the other.
type queue struct {
	conn    *Conn
	role    string
	handle  Handler
	workers chan struct{} // shared by all streams: bounds the running handlers
	room    chan struct{} // holds a token for each delivery that this replica has
	wg      sync.WaitGroup

	mu    sync.Mutex // guards what follows
	lanes map[chat.ID][]*held
	beats map[*held]struct{}
}

// run pulls no more than there is room for, so everything that this replica was
// given is in beats and its deliveries don't lapse while they wait in a lane.
func (q *queue) run(ctx context.Context, cons jetstream.Consumer) error {
	room := q.room
	for ctx.Err() == nil {
		n, err := reserve(ctx, room)
		if err != nil {
			return nil
		}
		batch, err := cons.Fetch(n, jetstream.FetchMaxWait(pullWait))
		if err != nil {
			for range n {
				<-room
			}
			return fmt.Errorf("pull from consumer %s: %w", q.role, translate(err))
		}
		got := 0
		messages := batch.Messages()
	receive:
		for {
			select {
			case msg, ok := <-messages:
				if !ok {
					break receive
				}
				got++
				q.accept(ctx, msg, room)
			case <-ctx.Done():
				return nil // what is on its way is delivered to others
			}
		}
		for range n - got {
			<-room
		}
		if err := batch.Error(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("pull from consumer %s: %w", q.role, translate(err))
		}
	}
	return nil
}

// attend beats for what is held until the returned function is called, which
// waits for the handlers first. A pull that fails ends neither.
func (q *queue) attend() (end func()) {
	stop, beating := make(chan struct{}), make(chan struct{})
	go func() { defer close(beating); q.beat(stop) }()
	return func() { q.wg.Wait(); close(stop); <-beating }
}

// reserve waits for room for one delivery and takes all that there is.
func reserve(ctx context.Context, room chan struct{}) (int, error) {
	select {
	case room <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for n := 1; ; n++ {
		select {
		case room <- struct{}{}:
		default:
			return n, nil
		}
	}
}

func (q *queue) accept(ctx context.Context, msg jetstream.Msg, room chan struct{}) {
	d, err := q.conn.decodeDelivery(msg)
	if err != nil {
		q.conn.settle(ctx, q.role, msg, Delivery{}, Permanent(err))
		<-room
		return
	}
	h := &held{msg: msg, d: d}
	q.mu.Lock()
	q.beats[h] = struct{}{}
	lane, busy := q.lanes[d.Event.Chat]
	q.lanes[d.Event.Chat] = append(lane, h)
	q.mu.Unlock()
	if busy {
		return
	}
	q.wg.Go(func() { q.work(ctx, d.Event.Chat, room) })
}

// work handles a lane until it is empty.
func (q *queue) work(ctx context.Context, id chat.ID, room chan struct{}) {
	for {
		q.mu.Lock()
		lane := q.lanes[id]
		if len(lane) == 0 {
			delete(q.lanes, id)
			q.mu.Unlock()
			return
		}
		h := lane[0]
		q.lanes[id] = lane[1:]
		q.mu.Unlock()

		q.workers <- struct{}{}
		if ctx.Err() == nil {
			q.conn.settle(ctx, q.role, h.msg, h.d, q.conn.safely(ctx, q.role, h.d, q.handle))
		}
		<-q.workers

		q.mu.Lock()
		delete(q.beats, h)
		q.mu.Unlock()
		<-room
	}
}

// beat tells NATS that the held deliveries are being worked on.
func (q *queue) beat(stop <-chan struct{}) {
	t := time.NewTicker(beat)
	defer t.Stop()
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		q.mu.Lock()
		list := make([]*held, 0, len(q.beats))
		for h := range q.beats {
			list = append(list, h)
		}
		q.mu.Unlock()
		for _, h := range list {
			_ = h.msg.InProgress() // lost: the delivery lapses and comes again
		}
	}
}
