package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// ackWait is how long NATS waits for a sign of life before it gives a delivery to
	// another replica; beats is how many signs a worker sends in that time.
	ackWait = 3 * time.Second
	beats   = 3

	// minHeld is of how many chats of one stream a replica may always hold deliveries.
	minHeld = 8

	// maxPending bounds the deliveries of one stream that are not settled: those that
	// all replicas hold and those that wait for their next try. The latter can be many
	// while something is down that only some chats need (a store, for chats whose
	// state was purged), and the other chats must not wait behind them.
	maxPending = 20_000

	// pullWait is how long a pull waits for its first delivery.
	pullWait = 4750 * time.Millisecond
	// pullSign is how often the consumer's leader confirms a waiting pull; after twice
	// that time without, the pull is repeated. A leader that was killed takes its
	// pulls with it, and the next one, which is elected after three seconds at the
	// earliest, knows nothing of them.
	pullSign = 1500 * time.Millisecond
	// pullSlack is how much longer than the server a replica waits for the end of a
	// pull, so that usually the server ends it.
	pullSlack = 250 * time.Millisecond
)

// Delivery is one event given to a worker.
type Delivery struct {
	Event chat.Event
	// Hint is what the gateway knew of the chat, or nil. See Conn.GuardedAppend.
	Hint *Hint
	// Tries counts the deliveries of this event, from 1.
	Tries int
	// Alone says that no later delivery of the same chat was waiting in this replica when
	// the handler was called. There may be later events all the same.
	Alone bool
}

// Consumer describes a durable consumer that all replicas of a role share.
type Consumer struct {
	Name string // of the durable consumer
	// Filter is what it receives; "" means all.
	Filter Subject
	// Also are further durable consumers, of events of chats, whose deliveries the same
	// handlers handle: Workers bounds all of them together, and records, dead letters and
	// metrics of deliveries are kept by Name. Two events of one chat that come from
	// different ones may be handled at once, as by two replicas.
	Also []Durable
	// Workers limits how many handlers run at once in this replica.
	Workers int
	// Tries is how often the handler may fail at an event before it becomes a dead
	// letter; 0 means 5. Failures are counted over all replicas. Deliveries that were
	// lost with a replica, or failed with ErrUnavailable, don't count.
	Tries int
	// Finish is how much longer than Consume's context that of running handlers lasts,
	// so that they can finish. 0: both end at once.
	Finish time.Duration
	// GaveUp, if not nil, reports an event that was given up to whoever it concerns,
	// before the dead letter is recorded. It is called until it succeeds, so it may be
	// called again for an event that it has reported. If it fails as often as a handler
	// may, the dead letter is recorded all the same, and says so. The event has no Kind
	// if it could not be read.
	GaveUp Handler
}

func (c Consumer) tries() int { return cmp.Or(max(c.Tries, 0), defaultTries) }

// Handler handles one delivery. What it returns decides what happens to that:
//
//   - nil: it is acknowledged.
//   - An error marked Permanent: it is given up, see Consumer.GaveUp.
//   - An error that wraps ErrUnavailable: it is delivered again after a growing
//     delay, for as long as it takes.
//   - Any error after Consume's context ended: it is delivered to another replica
//     at once, and that does not count as a failure.
//   - Any other error, or a panic: it is delivered again after a growing delay, and
//     given up after Consumer.Tries failures.
//
// An event that is being handled each time the process crashes is given up as well.
// Each delivery may go to any replica. A replica handles the events of one chat one
// after the other, and in order unless one of them is delivered again: because it failed,
// or because more of them wait in this replica than it holds of one chat. Another replica
// may have another event of the same chat at the same time.
type Handler func(ctx context.Context, d Delivery) error

// Consume handles deliveries from all chat streams until the context ends. Then it
// takes no more, gives back at once those that it has not started, and waits for the
// running handlers, see Consumer.Finish. (What waits behind a running one in the same
// chat is given back after it: another replica would then handle both.)
//
// A running handler is reported to NATS every second, so a delivery moves to another
// replica within seconds of its replica's death and never because the handler is slow.
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
	for _, cfg := range c.configsOf(consumer) {
		hearing := c.newHearing(cfg.Durable)
		for _, stream := range streams {
			q := c.newQueue(stream, cfg.Durable, consumer, p, roomFor(consumer.Workers, len(streams)), func(h *held) task { return consumer.task(handle, h) })
			g.Go(func() error { return q.run(ctx, hearing, stream, cfg) })
		}
	}
	return g.Wait()
}

// outlive returns a context that ends by after ctx does, or when end is called.
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

// within runs a handler in that context.
func within(ctx context.Context, handle Handler) Handler {
	if handle == nil {
		return nil
	}
	return func(_ context.Context, d Delivery) error { return handle(ctx, d) }
}

func (c Consumer) task(handle Handler, h *held) task {
	d, err := decodeDelivery(h.origin, h.Header)
	t := task{chat: d.Event.Chat, handle: func(ctx context.Context, alone bool) error {
		d := d
		d.Alone = alone
		return handle(ctx, d)
	}}
	switch {
	case errors.Is(err, ErrUnavailable):
		t.unreadable = err
	case err != nil:
		t.unreadable = Permanent(err)
	}
	// Nothing is said about an event that was not understood: it may need no answer.
	if c.GaveUp != nil && d.Event.Chat != "" && !errors.Is(err, chat.ErrUnknownKind) {
		t.gaveUp = func(ctx context.Context) error { return c.GaveUp(ctx, d) }
	}
	return t
}

// unknownTries is how many deliveries of an event of an unknown kind are left to
// another replica: they take about a quarter of an hour, which is longer than a
// rolling upgrade. They are pending all that time, and a consumer holds only so many.
const unknownTries = 40

// decodeDelivery reads an event. With an error it returns what is known of it. Where
// the kind is unknown the error wraps chat.ErrUnknownKind, and for unknownTries
// deliveries ErrUnavailable as well: a replica of a later version may know it. After
// that it goes to the dead letters as it stands, to be replayed by such a version.
func decodeDelivery(from origin, header nats.Header) (Delivery, error) {
	d := Delivery{Tries: from.tries}
	id, _, err := parseSubject(from.subject)
	if err != nil {
		return d, err
	}
	if d.Event, err = chat.Decode(from.data, id, from.seq, from.stored); err != nil {
		d.Event = chat.Event{Chat: id, Seq: from.seq, At: from.stored}
		return d, err
	}
	d.Event.Trace, d.Event.Source = from.trace, from.source
	if err := d.Event.Kind.Check(); err != nil {
		if from.tries < unknownTries {
			err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return d, err
	}
	d.Hint = hintIn(header)
	return d, nil
}

// readEvent is decodeDelivery for roles that are given sealed events too: it opens
// them. All others come with what the stream has of them (chat.Event.Raw).
func (c *Conn) readEvent(ctx context.Context, from origin) (chat.Event, error) {
	d, err := decodeDelivery(from, nil)
	switch {
	case err != nil:
		return d.Event, err
	case d.Event.Kind.Sealed():
		return c.sealer.opened(ctx, d.Event, from.data)
	}
	d.Event.Raw = string(from.data)
	return d.Event, nil
}

// configsOf returns the configurations of the durable consumers that are consumed from.
func (c *Conn) configsOf(consumer Consumer) []jetstream.ConsumerConfig {
	list := []jetstream.ConsumerConfig{c.consumerConfig(consumer)}
	for _, d := range consumer.Also {
		list = append(list, d.config(c))
	}
	return list
}

func (c *Conn) consumerConfig(consumer Consumer) jetstream.ConsumerConfig {
	cfg := jetstream.ConsumerConfig{
		Durable: consumer.Name, AckPolicy: jetstream.AckExplicitPolicy, AckWait: c.ackWait,
		MaxDeliver: -1, MaxAckPending: maxPending, DeliverPolicy: jetstream.DeliverAllPolicy,
	}
	if consumer.Filter != "" {
		// A list of one: NATS' client would put a single FilterSubject into the subject of
		// the request that makes the consumer, which permissions would have to know.
		cfg.FilterSubjects = []string{string(consumer.Filter)}
	}
	return cfg
}

var (
	pulling = backoff.Policy{Min: 100 * time.Millisecond, Max: 5 * time.Second}
	// leaderless is for a consumer that has no leader at the moment.
	leaderless = backoff.Policy{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond}
)

// lookAgain is the number of unanswered pulls in a row after which it is checked
// whether the consumer still exists.
const lookAgain = 10

// pull creates the consumer and calls round on it again and again, with a growing
// delay when NATS fails, until the context ends.
//
// A consumer whose leader was killed is pulled from until it has another one: a pull
// fails at once if there is none, while a request for the consumer goes unanswered and
// waits for its timeout.
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
				// nats.go leaks the subscription of a pull that can't be sent.
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

// lacksLeader reports whether a pull failed because nobody can answer it now.
func lacksLeader(err error) bool {
	return errors.Is(err, ErrUnavailable) || errors.Is(err, jetstream.ErrNoHeartbeat) ||
		errors.Is(err, jetstream.ErrConsumerLeadershipChanged) || errors.Is(err, jetstream.ErrServerShutdown)
}

// removed reports whether the server says that the consumer or stream does not exist.
func (c *Conn) removed(ctx context.Context, stream, consumer string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_, err := c.js.Consumer(ctx, stream, consumer)
	return errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound)
}
