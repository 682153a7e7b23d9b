package historyworker

import (
	"cmp"
	"context"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// DefaultRetention is how long the streams keep what is in the store already.
const DefaultRetention = 7 * 24 * time.Hour

// Options of a worker. The zero Options are good.
type Options struct {
	// Retention is how long events stay in their stream at least (0:
	// DefaultRetention). Less than ten minutes is for tests: a NATS server that
	// starts again learns the last ten minutes' message ids from its streams.
	Retention time.Duration
	// Version is shown by NATS' service discovery: a semantic version.
	Version string
	Metrics prometheus.Registerer // where figures are registered, once; nil: nowhere
	Tracer  *telemetry.Tracer     // nil: nothing is traced
	Log     zerolog.Logger
}

// Worker is one replica of the role. The connection and the store are the
// caller's, to be closed after Run has returned.
type Worker struct {
	opts  Options
	log   zerolog.Logger
	conn  *bus.Conn
	store store.Store

	metrics *metrics
	away    *outage.Log // over the store

	// taken counts the batches that the store took. See quarantine.go.
	taken      atomic.Uint64
	quarantine *quarantine
}

// New returns a worker that does nothing until Run.
func New(opts Options, conn *bus.Conn, s store.Store) *Worker {
	opts.Retention = cmp.Or(max(opts.Retention, 0), DefaultRetention)
	opts.Version = cmp.Or(opts.Version, "0.0.0")
	return &Worker{
		opts: opts, log: opts.Log,
		conn: conn, store: s, quarantine: newQuarantine(),
		metrics: newMetrics(opts.Metrics),
		away:    outage.New(opts.Log, "The store", "what is new waits in the streams, and older messages can't be read", storeGrace),
	}
}

// Run stores what the streams hold, answers calls and purges the streams until
// the context ends; then it finishes the calls that it has. A store or a NATS
// that is away is waited for. An error means that it could not begin.
func (w *Worker) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.conn.ConsumeBatches(ctx, bus.Consumer{Name: roles.Storing.Name}, w.put) })
	g.Go(func() error { return w.serve(ctx) })
	g.Go(func() error { return w.retain(ctx) })
	// Of all roles this one may look at every roles.Storing.Name, and it has few replicas.
	g.Go(func() error { return w.conn.WatchLag(ctx, bus.LagEvery, roles.Durables()) })
	return g.Wait()
}

// storeGrace is how long the store may be away without a line: a MongoDB that elects
// a primary is back at once, and why it is away is known by then.
const storeGrace = 2 * time.Second

// pingTime bounds one question whether the store is there.
const pingTime = 2 * time.Second

// Ready says why the worker can't do its work now, or returns nil.
func (w *Worker) Ready() error {
	if err := w.conn.Ready(); err != nil {
		return err
	}
	return w.ping(context.Background())
}

// ping asks the store whether it is there, and writes down where that has changed.
func (w *Worker) ping(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	err := w.store.Ping(within)
	switch {
	case err == nil:
		w.away.Up()
	case ctx.Err() == nil:
		w.away.Down(err)
	}
	return err
}
