package bus

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// held is a delivery that this replica has and has not settled.
type held struct {
	pulled
	origin
	task
	since time.Time // when it arrived
}

// task is what to do with a delivery.
type task struct {
	chat chat.ID // its lane
	// unreadable is why the delivery can't be handled at all.
	unreadable error
	// handle is told whether the delivery is alone: nothing waits behind it in its lane.
	handle func(ctx context.Context, alone bool) error
	// gaveUp reports that it was given up; it may be nil.
	gaveUp func(context.Context) error
	// settled is called once it will not be delivered again; it may be nil.
	settled func(context.Context)
}

// pool is what all queues of a consumer in this replica share. Each channel holds a
// token for each handler that it limits.
type pool struct {
	workers chan struct{} // all running handlers
	retries chan struct{} // of these, those of events that a handler failed at
	alone   chan struct{} // of these, those of events during which a process crashed
}

func newPool(workers int) pool {
	workers = max(1, workers)
	return pool{make(chan struct{}, workers), make(chan struct{}, max(1, workers/2)), make(chan struct{}, 1)}
}

// roomFor returns of how many chats of one of so many streams a replica may hold
// deliveries: in all, twice what it can handle at once, so that the next one is at hand.
// Anything more would wait here while other replicas are idle, above all one that was
// just added because there was too much work.
func roomFor(workers, streams int) int { return max(minHeld, 2*workers/streams) }

// queue passes the deliveries of one stream to handlers: those of one chat, in a lane of
// their own, one after the other. Each lane takes one token of the room, however much
// waits in it; lanes have bounds of their own.
type queue struct {
	conn  *Conn
	role  string
	tries int // after how many failures a delivery is given up
	pool
	read    func(*held) task
	pulls   *pulls
	metrics deliveryMetrics
	// idle takes a delivery to a goroutine that has none. Its stack has grown already, which
	// is what a new one would spend most of its time on.
	idle chan *held
	room chan struct{} // holds a token for each lane, and for each delivery asked for
	wg   sync.WaitGroup
	// silent is closed when no pull is open any more. What is given back before that
	// may be delivered to this replica again and again.
	silent chan struct{}

	mu    sync.Mutex // guards what follows
	lanes lanes
	beats map[*held]struct{} // what this replica has and has not settled
}

// newQueue returns the queue of one stream of a consumer, which pulls from the durable
// consumer of that name: the consumer's own, or one that it has Also.
func (c *Conn) newQueue(stream, durable string, consumer Consumer, p pool, room int, read func(*held) task) *queue {
	q := &queue{
		conn: c, role: consumer.Name, tries: consumer.tries(), pool: p, read: read,
		room: make(chan struct{}, room), beats: map[*held]struct{}{}, silent: make(chan struct{}),
		metrics: c.metrics.deliveriesOf(consumer.Name), idle: make(chan *held),
	}
	q.pulls = c.newPulls(stream, durable, q.room, q.accept)
	return q
}

// run passes deliveries to handlers until the context ends. Then it waits for those that
// run.
func (q *queue) run(ctx context.Context, hearing *hearing, stream string, cfg jetstream.ConsumerConfig) error {
	defer q.attend()()
	defer q.pulls.end(ctx)
	return q.conn.pull(ctx, hearing, stream, cfg, q.fetch)
}

// fetch pulls, and no more than there is room for, so everything that this replica was
// given is in beats, and deliveries don't time out while they wait in a lane. What arrived
// until the context ended is accepted, to be given back.
func (q *queue) fetch(ctx context.Context, _ jetstream.Consumer) error {
	if err := q.pulls.step(ctx); err != nil {
		return q.trouble(err)
	}
	return nil
}

func (q *queue) trouble(err error) error {
	return fmt.Errorf("pull from consumer %s: %w", q.role, translate(err))
}

// attend beats for what is held, until end is called, which must be when no pull is open
// any more; end waits for the handlers first. A failed pull ends neither.
func (q *queue) attend() (end func()) {
	stop, beating := make(chan struct{}), make(chan struct{})
	go func() { defer close(beating); q.conn.beat(stop, q.due) }()
	return func() {
		close(q.silent)
		q.wg.Wait()
		close(stop)
		<-beating
	}
}

// reserve waits for room for one delivery and takes all the room that there is.
func reserve(ctx context.Context, room chan struct{}) (int, error) {
	select {
	case room <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	return 1 + reserveAll(room), nil
}

// reserveAll takes all the room that there is.
func reserveAll(room chan struct{}) (n int) {
	for ; ; n++ {
		select {
		case room <- struct{}{}:
		default:
			return n
		}
	}
}

// accept takes a delivery that there is a token of the room for.
func (q *queue) accept(ctx context.Context, msg *nats.Msg) {
	from, err := originOf(msg)
	if err != nil {
		q.conn.log.Error().Err(err).Str("consumer", q.role).Msg("a message that is no delivery")
		<-q.room
		return
	}
	if from.tries > 1 {
		q.metrics.redelivered.Inc()
	}
	h := &held{pulled: pulled{Msg: msg, nc: q.conn.nc}, origin: from, since: time.Now()}
	h.task = q.read(h)
	q.mu.Lock()
	// What arrives as this replica stops is given back in any case, and in turn.
	at := q.lanes.enter(h, ctx.Err() == nil)
	if at != noPlace {
		q.beats[h] = struct{}{}
	}
	q.mu.Unlock()
	switch at {
	case first:
		q.start(ctx, h)
	case behind:
		<-q.room // its lane has a token
	case noPlace:
		<-q.room
		q.sent(h, h.NakWithDelay(laneFull.Delay(from.tries)))
	}
}

// start has a goroutine work on a lane. There are never more than the room has tokens, and
// all of them end with the context.
func (q *queue) start(ctx context.Context, h *held) {
	select {
	case q.idle <- h:
	default:
		q.wg.Go(func() {
			for {
				q.work(ctx, h)
				select {
				case h = <-q.idle:
				case <-ctx.Done():
					return
				}
			}
		})
	}
}

// work handles a delivery, and what waits in its lane, until the lane is empty.
func (q *queue) work(ctx context.Context, h *held) {
	for h != nil {
		q.deal(ctx, h)

		q.mu.Lock()
		delete(q.beats, h)
		h = q.lanes.next(h.chat)
		q.mu.Unlock()
	}
	<-q.room
}

// nothingBehind reports whether no other delivery of the chat waits here.
func (q *queue) nothingBehind(h *held) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.lanes.alone(h.chat)
}

// due returns what is held since before then.
func (q *queue) due(before time.Time) (list []*pulled) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for h := range q.beats {
		if h.since.Before(before) {
			list = append(list, &h.pulled)
		}
	}
	return list
}
