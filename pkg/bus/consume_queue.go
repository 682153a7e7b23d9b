package bus

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// held is a delivery that this replica has and has not settled.
type held struct {
	msg *pulled
	origin
	task
	key string // of the note on it, if there is one
}

// task is what is to be done with a delivery.
type task struct {
	chat chat.ID // its lane
	// unreadable is why the delivery can't be handled at all.
	unreadable error
	handle     func(context.Context) error
	// gaveUp tells whom it concerns; nil where that is nobody.
	gaveUp func(context.Context) error
	// settled is called once it will not come again; it may be nil.
	settled func(context.Context)
}

// pool is what all queues of a consumer in this replica share.
type pool struct {
	workers chan struct{} // bounds the running handlers
	retries chan struct{} // of these, those of events that were failed at
	alone   chan struct{} // of these, those of events that processes ended with
}

func newPool(workers int) pool {
	workers = max(1, workers)
	return pool{make(chan struct{}, workers), make(chan struct{}, max(1, workers/2)), make(chan struct{}, 1)}
}

// roomFor returns how many deliveries of one of so many streams a replica may hold:
// twice what it can work on over all, so that the next one is at hand. What it held
// beyond that would wait with it while other replicas have nothing to do, the more
// so where a replica was just added because there was too much.
func roomFor(workers, streams int) int { return max(minHeld, 2*workers/streams) }

// queue hands the deliveries of one stream to handlers: those of one chat in a
// lane of their own, one after the other.
type queue struct {
	conn  *Conn
	role  string
	tries int // after how many failures a delivery is given up
	pool
	read func(origin, *pulled) task
	room chan struct{} // holds a token for each delivery that this replica has
	wg   sync.WaitGroup
	// silent is closed when no pull is open any more. What is given back before that
	// may come to this replica again, and again.
	silent chan struct{}

	mu    sync.Mutex // guards what follows
	lanes map[chat.ID][]*held
	beats map[*held]struct{}
}

func (c *Conn) newQueue(consumer Consumer, p pool, room int, read func(origin, *pulled) task) *queue {
	return &queue{
		conn: c, role: consumer.Name, tries: consumer.tries(), pool: p, read: read,
		room: make(chan struct{}, room), lanes: map[chat.ID][]*held{}, beats: map[*held]struct{}{}, silent: make(chan struct{}),
	}
}

// fetch pulls once, and no more than there is room for, so everything that this
// replica was given is in beats and its deliveries don't lapse while they wait in a
// lane. The pull ends with the context. What came until then is taken, to be given
// back.
func (q *queue) fetch(ctx context.Context, cons jetstream.Consumer) error {
	n, err := reserve(ctx, q.room)
	if err != nil {
		return nil
	}
	got, err := q.conn.take(ctx, cons.CachedInfo(), n, pullWait, func(msg *pulled) { q.accept(ctx, msg) })
	for range n - got {
		<-q.room
	}
	if err != nil {
		return q.trouble(err)
	}
	return nil
}

func (q *queue) trouble(err error) error {
	return fmt.Errorf("pull from consumer %s: %w", q.role, translate(err))
}

// attend beats for what is held until the returned function is called, when no pull
// is open any more; it waits for the handlers first. A pull that fails ends neither.
func (q *queue) attend() (end func()) {
	stop, beating := make(chan struct{}), make(chan struct{})
	go func() { defer close(beating); q.beat(stop) }()
	return func() {
		close(q.silent)
		q.wg.Wait()
		close(stop)
		<-beating
	}
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

func (q *queue) accept(ctx context.Context, msg *pulled) {
	from, err := originOf(msg)
	if err != nil {
		q.conn.log.Error().Err(err).Str("consumer", q.role).Msg("a message that is no delivery")
		<-q.room
		return
	}
	q.conn.metrics.received(q.role, from.tries)
	h := &held{msg: msg, origin: from, task: q.read(from, msg), key: attemptKey(q.role, from.stream, from.seq)}
	q.mu.Lock()
	q.beats[h] = struct{}{}
	lane, busy := q.lanes[h.chat]
	q.lanes[h.chat] = append(lane, h)
	q.mu.Unlock()
	if busy {
		return
	}
	q.wg.Go(func() { q.work(ctx, h.chat) })
}

// work handles a lane until it is empty.
func (q *queue) work(ctx context.Context, id chat.ID) {
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

		q.deal(ctx, h)

		q.mu.Lock()
		delete(q.beats, h)
		q.mu.Unlock()
		<-q.room
	}
}

// beat tells NATS that the held deliveries are being worked on.
func (q *queue) beat(stop <-chan struct{}) {
	t := time.NewTicker(q.conn.ackWait / beats)
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
