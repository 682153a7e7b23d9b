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
	"github.com/parley-chat/parley/pkg/files"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// DefaultRetention is how long the streams keep events that are stored.
const DefaultRetention = 7 * 24 * time.Hour

// Options of a worker. The zero value is usable.
type Options struct {
	// Retention is how long events stay in their stream at least (0:
	// DefaultRetention). Less than ten minutes is for tests: a NATS server that
	// restarts learns the message ids of the last ten minutes from its streams.
	Retention time.Duration
	// Version is shown by NATS' service discovery: a semantic version.
	Version string
	Metrics prometheus.Registerer // registers the metrics, once; nil: none
	Tracer  *telemetry.Tracer     // nil: nothing is traced
	Log     zerolog.Logger
}

// Worker is one replica of the role. The caller owns the connection and the stores, and
// closes them after Run has returned.
type Worker struct {
	opts  Options
	log   zerolog.Logger
	conn  *bus.Conn
	store store.Store
	files *fileMover

	metrics *metrics
	outage  *outage.Log // of the store
	part    *part       // of the store, such as a shard
	// fileOutage is that of the file store, which is usually where the store is.
	fileOutage *outage.Log

	// taken counts the batches that the store took. See quarantine.go.
	taken      atomic.Uint64
	quarantine *quarantine
}

// New returns a worker that does nothing until Run.
func New(opts Options, conn *bus.Conn, s store.Store, f files.Store) *Worker {
	opts.Retention = cmp.Or(max(opts.Retention, 0), DefaultRetention)
	opts.Version = cmp.Or(opts.Version, "0.0.0")
	w := &Worker{
		opts: opts, log: opts.Log,
		conn: conn, store: s, quarantine: newQuarantine(),
		metrics: newMetrics(opts.Metrics),
		outage:  outage.New(opts.Log, "The store", "new messages wait in the streams, and older ones can't be read", storeGrace),
		part:    newPart(opts.Log),

		fileOutage: outage.New(opts.Log, "The file store", "new messages with files, and what was read in the same batch, wait in the streams; older files can't be read", storeGrace),
	}
	w.files = &fileMover{worker: w, to: f}
	return w
}

// Run stores the events of the streams, answers calls and purges the streams until the
// context ends; then it finishes its calls. It waits for a store or NATS that is down.
// An error means that it could not start.
func (w *Worker) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.conn.ConsumeBatches(ctx, bus.Consumer{Name: roles.Storing.Name}, w.put) })
	g.Go(func() error { return w.serve(ctx) })
	g.Go(func() error { return w.retain(ctx) })
	g.Go(func() error { return w.sweep(ctx) })
	// This role may inspect every consumer, and it has few replicas.
	g.Go(func() error { return w.conn.WatchLag(ctx, bus.LagEvery, roles.Durables()) })
	return g.Wait()
}

// storeGrace is how long the store may be down before that is logged: a MongoDB that
// elects a primary is back at once, and the reason is known by then.
const storeGrace = 2 * time.Second

// pingTime bounds one ping of the store.
const pingTime = 2 * time.Second

// Ready says why the worker can't do its work now, or returns nil.
func (w *Worker) Ready() error {
	if err := w.conn.Ready(); err != nil {
		return err
	}
	return w.ping(context.Background())
}

// ping checks whether the store is up, and logs a change.
func (w *Worker) ping(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	err := w.store.Ping(within)
	switch {
	case err == nil:
		w.outage.Up()
	case ctx.Err() == nil:
		w.outage.Down(err)
	}
	return err
}
