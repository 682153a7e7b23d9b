package ops

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// Options of a Watcher. Desk is needed.
type Options struct {
	// Desk returns the visitors who wait and the agents online. It is called
	// concurrently.
	Desk func() Desk
	// Room says why nothing can be stored here, or returns nil. If it is nil itself,
	// there is always room.
	Room func() error
	// Hidden returns the few addresses that all visitors here seem to come from, since
	// something hides theirs; nil if they are seen. If it is nil itself, they always are.
	Hidden func() []netip.Addr
	// Regions returns what is known of other regions. If it is nil itself, there are none.
	Regions func() Regions
	// Now is the clock; time.Now if it is nil.
	Now func() time.Time
	Log zerolog.Logger
}

const (
	// fresh is how long one look serves everybody who asks.
	fresh = time.Second
	// lookTime bounds a look. Whatever has not answered by then is missing in it.
	lookTime = 3 * time.Second
	// historyTime bounds the question to the history service.
	historyTime = 1500 * time.Millisecond
	// lookEvery is how often a gateway looks when nobody asks, so that it knows since
	// when something is wrong, and notices what grows.
	lookEvery = 15 * time.Second
)

// Watcher looks at the whole system for all operators of one gateway. Its methods may
// be called concurrently.
type Watcher struct {
	opts Options
	conn *bus.Conn

	// looking is held during a look, so that many who ask cost one look. It guards
	// the fields below.
	looking chan struct{}
	last    Snapshot
	lastAt  time.Time
	memory  *memory
}

// New returns a watcher that has not looked yet.
func New(opts Options, conn *bus.Conn) *Watcher {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Watcher{opts: opts, conn: conn, looking: make(chan struct{}, 1), memory: newMemory()}
}

// Run looks every lookEvery, and hears which replicas stop in order, until the context
// ends.
func (w *Watcher) Run(ctx context.Context) error {
	var hears sync.WaitGroup
	defer hears.Wait()
	hears.Go(func() {
		if err := w.conn.Goodbyes(ctx, func(service, id string) { w.parted(ctx, service, id) }); err != nil && ctx.Err() == nil {
			w.opts.Log.Warn().Err(err).Msg("replicas that stop in order will be reported as lost")
		}
	})
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			_, _ = w.lookFor(ctx, ctx) // fails only when ctx ends, and so does this loop
		}
	}
}

// parted waits for a look that is under way: the replica that stops may be in it.
func (w *Watcher) parted(ctx context.Context, service, id string) {
	select {
	case w.looking <- struct{}{}:
		w.memory.parted(service, id)
		<-w.looking
	case <-ctx.Done():
	}
}

// Look returns a snapshot that is at most a second old. It answers within a few seconds,
// whatever is broken; the error is the context's.
func (w *Watcher) Look(ctx context.Context) (Snapshot, error) {
	// The asker may go away: others wait for the same look.
	return w.lookFor(ctx, context.WithoutCancel(ctx))
}

// lookFor waits for its turn until asker ends, and looks until work does.
func (w *Watcher) lookFor(asker, work context.Context) (Snapshot, error) {
	select {
	case w.looking <- struct{}{}:
	case <-asker.Done():
		return Snapshot{}, asker.Err()
	}
	defer func() { <-w.looking }()
	if now := w.opts.Now(); w.lastAt.IsZero() || now.Sub(w.lastAt) >= fresh || now.Before(w.lastAt) {
		s := w.look(work)
		if err := work.Err(); err != nil {
			return Snapshot{}, err // there was no time to answer
		}
		w.last, w.lastAt = s, w.opts.Now()
	}
	return w.last, nil
}

func (w *Watcher) look(ctx context.Context) Snapshot {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	began := w.opts.Now()
	history := make(chan History, 1)
	go func() { history <- w.askHistory(ctx) }() // ends within historyTime
	o := w.conn.Overview(ctx, bus.Expected{Services: roles.Services(), Durables: roles.Durables(), Replicas: w.memory.known()})
	s := Snapshot{At: w.opts.Now().UTC(), Desk: w.opts.Desk()}
	s.fill(o)
	for _, m := range o.Missing {
		w.opts.Log.Debug().Str("what", m.What).Err(m.Err).Msg("no answer for the operator page")
	}
	s.Roles = w.memory.rolesAt(s.At, o.Heard, o.Replicas)
	w.spending(ctx, &s)
	s.Heaviest = heaviestOf(s.Roles)
	if w.opts.Room != nil {
		if err := w.opts.Room(); err != nil {
			s.Room = err.Error()
		}
	}
	if w.opts.Regions != nil {
		s.Regions = w.opts.Regions()
	}
	if w.opts.Hidden != nil {
		s.hidden = w.opts.Hidden()
	}
	s.History = <-history
	s.Verdict = w.memory.judged(s)
	s.TookMS = w.opts.Now().Sub(began).Milliseconds()
	return s
}

// askHistory asks for the most recent chat, which reads the store.
func (w *Watcher) askHistory(ctx context.Context) History {
	ctx, cancel := context.WithTimeout(ctx, historyTime)
	defer cancel()
	began := time.Now()
	_, err := bus.Call(ctx, w.conn, roles.HistoryChats, roles.ChatsRequest{Limit: 1})
	return History{Answers: err == nil, TookMS: float64(time.Since(began).Microseconds()) / 1000}
}
