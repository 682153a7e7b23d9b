package gateway

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// gateEvery is how often the bot's backlog is looked at while there is one, or
	// while much comes in; otherwise it is gateIdle times as long.
	gateEvery = 250 * time.Millisecond
	gateIdle  = 4
	// gateBusy is how many messages between two looks are much.
	gateBusy = 20
	// servedFor is how long after the last message a visitor counts as served.
	servedFor = 10 * time.Minute
)

// gate turns newcomers away while the bot has more before it than it can answer
// soon. Package admission decides; the gate asks NATS, and remembers. Each
// gateway has its own: they see the same backlog.
type gate struct {
	conn     *bus.Conn
	log      zerolog.Logger
	metrics  *metrics
	capacity capacity

	mu       sync.Mutex // guards what follows
	control  admission.Control
	accepted int // messages since the last look
	backlog  uint64
}

func newGate(conn *bus.Conn, m *metrics, log zerolog.Logger) *gate {
	return &gate{conn: conn, metrics: m, log: log}
}

// run looks at the backlog until the context ends. While NATS does not answer,
// all stays as it is.
func (g *gate) run(ctx context.Context) error {
	var asking sync.WaitGroup
	defer asking.Wait()
	asking.Go(func() { g.capacity.run(ctx, g.conn) })
	t := time.NewTicker(gateEvery)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if n < gateIdle && g.quiet() {
			continue
		}
		n = 0
		b, err := g.conn.Backlog(ctx, bus.BotConsumer)
		if err != nil {
			g.log.Debug().Err(err).Msg("the bot's backlog is not known")
			continue
		}
		now := time.Now()
		g.looked(admission.Look{At: now, Waiting: b.Waiting, Held: b.Held, Places: g.capacity.places(now), Done: b.Done})
	}
}

// quiet reports whether nothing happens that a look would show.
func (g *gate) quiet() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.control.Phase() == admission.Open && g.accepted < gateBusy && g.backlog < gateBusy
}

func (g *gate) looked(l admission.Look) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accepted, g.backlog = 0, l.Backlog()
	g.metrics.backlog.Set(float64(l.Backlog()))
	g.metrics.places.Set(float64(l.Places))
	if !g.control.Looked(l) {
		return
	}
	log := g.log.With().Uint64("backlog", l.Backlog()).Uint64("places", l.Places).Logger()
	switch g.control.Phase() {
	case admission.Full:
		log.Warn().Msg("the bot has more before it than it can answer soon: newcomers are turned away")
	case admission.Easing:
		log.Info().Msg("the backlog is worked off: newcomers are let in again, a few at first")
	case admission.Open:
		log.Info().Msg("everybody is let in again")
	}
}

// open reports whether everybody may speak.
func (g *gate) open() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.control.Phase() == admission.Open
}

// letIn returns nil where there is room for a newcomer, else a *busyError.
func (g *gate) letIn() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait, ok := g.control.LetIn(time.Now()); !ok {
		return &busyError{"backlog", muchToAnswer, wait}
	}
	return nil
}

// took counts a message that was stored.
func (g *gate) took() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accepted++
}

// served reports whether who is served since then may speak, and whether it is
// full: then nobody has two questions open.
func (g *gate) served(since time.Time) (may, full bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.control.Served(since), g.control.Phase() == admission.Full
}

// wait is how long the backlog takes.
func (g *gate) wait() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.control.Wait()
}

// servedSince looks in the chat's log whether its visitor was being served before
// it became full, through whichever gateway. It returns since when, or the zero
// time.
func (g *gate) servedSince(ctx context.Context, id chat.ID) (time.Time, error) {
	last, err := g.conn.LastInput(ctx, id)
	if last == 0 || err != nil {
		return time.Time{}, err
	}
	latest, err := g.conn.Inputs(ctx, id, last-1, last, 1)
	if err != nil || len(latest) == 0 || time.Since(latest[0].At) > servedFor {
		return time.Time{}, err
	}
	first, err := g.conn.Inputs(ctx, id, 0, math.MaxUint64, 1)
	if err != nil || len(first) == 0 {
		return time.Time{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if !first[0].At.Before(g.control.Before()) {
		return time.Time{}, nil
	}
	return first[0].At, nil
}
