package escalation

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
	"github.com/parley-chat/parley/pkg/telemetry"
)

const (
	// handlers bounds how many deliveries one replica works on at once. They mostly
	// wait for NATS.
	handlers = 32
	// tries is how often a delivery may fail: for about a minute. What is given up
	// then is seldom lost to the chat: its requests are decided before its next
	// change, whatever causes that.
	tries = 10
)

// Worker is one replica of the role.
type Worker struct {
	opts   Options
	conn   *bus.Conn
	log    zerolog.Logger
	mirror *desk.Mirror
	teams  *teams.Site
	site   *settings.Site // the bot's name
	// unknownTeams thins out lines about teams that are not there.
	unknownTeams outage.Sampled
	line         *line
	digests      digests
	held         held
	turns        turns
	metrics      *metrics
	urgent       chan struct{} // see assignNow

	// opening is why the buckets are not open yet.
	opening atomic.Pointer[error]
	// desk and presence are opened by Run before anything uses them.
	desk     *bus.Bucket[desk.Entry]
	presence *bus.Bucket[desk.Presence]
	holds    *bus.Bucket[desk.Holds] // the same bucket as desk
	duties   *bus.Bucket[desk.Duty]
}

// New returns a replica that does nothing before Run. It refuses options that make
// no sense, all faults at once.
func New(opts Options, conn *bus.Conn) (*Worker, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("options of the escalation worker: %w", err)
	}
	w := &Worker{opts: opts, conn: conn, log: opts.Log, unknownTeams: outage.Sampled{Every: unknownTeamsEvery}, urgent: make(chan struct{}, 1)}
	w.mirror = desk.NewMirror(conn, desk.Options{OnlineFor: min(bus.PresenceTTL, opts.AwayGrace), Without: roles.Escalation.LostHere, Now: w.now})
	w.line = newLine(desk.Line{Max: opts.MaxWaiting, PerSource: opts.WaitingPerAddress}, func() []desk.Entry { return w.mirror.Entries() }, w.now)
	w.teams = teams.New(conn, "changes of the teams are not in effect")
	w.teams.OnChange(func(teams.Version) { w.mirror.Notify() })
	w.site = settings.New(conn, settings.Settings{Bot: opts.BotName})
	starting := errors.New("they are not open yet")
	w.opening.Store(&starting)
	w.metrics = newMetrics(opts.Metrics)
	telemetry.Register(opts.Metrics, queueCollector{w})
	return w, nil
}

func (w *Worker) now() time.Time { return w.opts.Now().UTC() }

var opening = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// bucketGrace is how long the buckets may be unavailable without a line in the log:
// a cluster that starts elects their leaders.
const bucketGrace = 3 * time.Second

// teamsTime is how long the start waits for the teams. Without them people are still given
// visitors: that all chats are everybody's is better than that nobody gets one.
const teamsTime = 10 * time.Second

// Ready says in a sentence why the replica can't work now, or returns nil.
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
	if err := w.openBuckets(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return w.teams.Run(ctx) })
	g.Go(func() error { return w.site.Run(ctx) })
	w.teams.Await(ctx, teamsTime) // whoever asks for a person until then would be in no team
	if w.opts.Started != nil {
		w.opts.Started()
	}
	g.Go(func() error {
		return w.conn.Consume(ctx, bus.Consumer{
			Name: roles.Deciding.Name, Filter: roles.Deciding.Filter, Also: []bus.Durable{roles.Following.Durable}, Workers: handlers, Tries: tries,
		}, w.handle)
	})
	g.Go(func() error {
		return w.conn.ConsumeTimers(ctx, bus.Consumer{Name: roles.Timing.Name, Workers: handlers, Tries: tries}, w.due)
	})
	g.Go(func() error {
		return w.conn.ServeSaying(ctx, roles.Escalation.Service, w.opts.Version, bus.Says{Ratings: w.metrics.rates}, w.handlings()...)
	})
	g.Go(func() error { return w.mirror.Run(ctx) })
	g.Go(func() error { w.held.follow(ctx, w.conn, w.mirror.Notify); return nil })
	g.Go(func() error { return w.conn.WatchTimerLag(ctx, bus.LagEvery, roles.Durables()) })
	g.Go(func() error { return w.sweepUntil(ctx) })
	g.Go(func() error { return w.assignUntil(ctx) })
	return g.Wait()
}

// openBuckets opens the buckets, again with growing delay until the context ends or
// the server can't have them.
func (w *Worker) openBuckets(ctx context.Context) error {
	buckets := outage.New(w.log, "NATS' store for the desk and for who is online", roles.Escalation.LostHere, bucketGrace)
	for try := 1; ; try++ {
		err := w.openOnce(ctx)
		if err == nil {
			w.opening.Store(nil)
			buckets.Up()
			return nil
		}
		w.opening.Store(&err)
		var layout *bus.LayoutError
		if errors.As(err, &layout) {
			return err
		}
		if w.conn.Ready() == nil { // else the connection reports it
			buckets.Down(err)
		}
		if opening.Wait(ctx, try) != nil {
			return err
		}
	}
}

func (w *Worker) openOnce(ctx context.Context) (err error) {
	if w.desk, err = bus.OpenBucket[desk.Entry](ctx, w.conn, bus.DeskBucket); err != nil {
		return err
	}
	if w.holds, err = bus.OpenBucket[desk.Holds](ctx, w.conn, bus.DeskBucket); err != nil {
		return err
	}
	if w.duties, err = bus.OpenBucket[desk.Duty](ctx, w.conn, bus.SiteBucket); err != nil {
		return err
	}
	w.presence, err = bus.OpenBucket[desk.Presence](ctx, w.conn, bus.PresenceBucket)
	return err
}
