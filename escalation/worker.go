package escalation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry"
)

const (
	// handlers bounds how many deliveries one replica works on at once. They
	// mostly wait for NATS.
	handlers = 32
	// tries is how often a delivery may fail: for about a minute. What is given up
	// then is seldom lost to the chat: its requests are decided before its next
	// change, whatever causes that.
	tries = 10
)

// Options of the role. The zero value of a limit stands for its default.
type Options struct {
	WaitLimit   time.Duration // a visitor waits so long for a person: 10 min
	AnswerLimit time.Duration // an agent owes an answer within: 5 min
	IdleLimit   time.Duration // a chat without any event is closed after: 24 h
	AwayGrace   time.Duration // an agent may be offline so long: 45 s
	// AutoAssign gives waiting chats to agents; otherwise agents take them.
	AutoAssign bool
	// Capacity is how many live chats an agent is given at most (5). Who takes
	// chats by hand may have more.
	Capacity int
	// Version is shown by NATS' service discovery: a semantic version (0.0.0).
	Version string
	Metrics prometheus.Registerer // where figures are registered, once; nil: nowhere
	// Started, if not nil, is called once when the replica works.
	Started func()
	Log     zerolog.Logger
	Now     func() time.Time // time.Now
}

// Worker is one replica of the role.
type Worker struct {
	opts  Options
	conn  *bus.Conn
	log   zerolog.Logger
	board *board
	armed *armed

	metrics *metrics
	// refresh holds a token when the buckets are to be read anew.
	refresh chan struct{}

	// opening is why the buckets are not open yet.
	opening atomic.Pointer[error]
	// desk and presence are opened by Run before anything uses them.
	desk     *bus.Bucket[bus.DeskEntry]
	presence *bus.Bucket[bus.Presence]
}

// New returns a replica that does nothing before Run. It refuses options that
// make no sense, all faults at once.
func New(opts Options, conn *bus.Conn) (*Worker, error) {
	var faults []error
	limit := func(name string, d *time.Duration, def time.Duration) {
		if *d < 0 {
			faults = append(faults, fmt.Errorf("the %s is %s: it must be above zero", name, *d))
		}
		if *d == 0 {
			*d = def
		}
	}
	limit("WaitLimit", &opts.WaitLimit, 10*time.Minute)
	limit("AnswerLimit", &opts.AnswerLimit, 5*time.Minute)
	limit("IdleLimit", &opts.IdleLimit, 24*time.Hour)
	limit("AwayGrace", &opts.AwayGrace, 45*time.Second)
	if opts.Capacity < 0 {
		faults = append(faults, fmt.Errorf("the Capacity is %d: it must be above zero", opts.Capacity))
	}
	if opts.Capacity == 0 {
		opts.Capacity = 5
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.Version = cmp.Or(opts.Version, "0.0.0")
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("options of the escalation worker: %w", err)
	}
	w := &Worker{opts: opts, conn: conn, log: opts.Log, board: newBoard(), armed: newArmed(), refresh: make(chan struct{}, 1)}
	starting := errors.New("they are not open yet")
	w.opening.Store(&starting)
	w.metrics = newMetrics(opts.Metrics)
	telemetry.Register(opts.Metrics, line{w})
	return w, nil
}

func (w *Worker) now() time.Time { return w.opts.Now().UTC() }

var opening = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// bucketGrace is how long the buckets may be away without a line: a cluster that
// starts elects their leaders.
const bucketGrace = 3 * time.Second

// Ready says in a sentence why it can't do its work now, or returns nil.
func (w *Worker) Ready() error {
	if err := w.opening.Load(); err != nil {
		if err := w.conn.Ready(); err != nil {
			return err
		}
		return fmt.Errorf("waiting for NATS' buckets: %w", *err)
	}
	return w.conn.Ready()
}

// Run works until the context ends and returns when everything it started has
// ended. An error means that the service could not be started.
func (w *Worker) Run(ctx context.Context) error {
	buckets := outage.New(w.log, "NATS' store for the desk and for who is online", "nobody gets to a person and no agent is heard here", bucketGrace)
	for try := 1; ; try++ {
		err := w.openBuckets(ctx)
		if err == nil {
			w.opening.Store(nil)
			buckets.Up()
			break
		}
		w.opening.Store(&err)
		var layout *bus.LayoutError
		if errors.As(err, &layout) {
			return err
		}
		if w.conn.Ready() == nil { // else the connection tells of it
			buckets.Down(err)
		}
		if opening.Wait(ctx, try) != nil {
			return nil
		}
	}
	if w.opts.Started != nil {
		w.opts.Started()
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return w.conn.Consume(ctx, bus.Consumer{Name: roles.Deciding.Name, Filters: roles.Deciding.Filters, Workers: handlers, Tries: tries}, w.handle)
	})
	g.Go(func() error {
		return w.conn.ConsumeTimers(ctx, bus.Consumer{Name: roles.Timing.Name, Workers: handlers, Tries: tries}, w.due)
	})
	g.Go(func() error { return w.conn.Serve(ctx, roles.Escalation.Service, w.opts.Version, w.handlings()...) })
	g.Go(func() error { return w.watch(ctx) })
	g.Go(func() error { return w.conn.WatchTimerLag(ctx, bus.LagEvery, roles.Durables()) })
	g.Go(func() error { return w.sweepUntil(ctx) })
	if w.opts.AutoAssign {
		g.Go(func() error { return w.assignUntil(ctx) })
	}
	return g.Wait()
}

func (w *Worker) openBuckets(ctx context.Context) (err error) {
	if w.desk, err = bus.OpenBucket[bus.DeskEntry](ctx, w.conn, bus.DeskBucket); err != nil {
		return err
	}
	w.presence, err = bus.OpenBucket[bus.Presence](ctx, w.conn, bus.PresenceBucket)
	return err
}
