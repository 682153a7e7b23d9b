package admission

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// lookEvery is the time between two looks at the bot's backlog while there is one,
	// or while many messages come in; otherwise it is idleLooks times as long.
	lookEvery = 250 * time.Millisecond
	idleLooks = 4
	// busyMessages is how many messages between two looks are many.
	busyMessages = 20
	// admittedFor is how long after the last message a visitor stays admitted.
	admittedFor = 10 * time.Minute
)

// loadShedder refuses newcomers while the bot has more to answer than it can soon.
// Control decides; the shedder asks NATS and keeps the result. Each gateway has its own:
// they see the same backlog. Its methods may be called concurrently.
type loadShedder struct {
	conn *bus.Conn
	log  zerolog.Logger
	// looked is called with each look at the backlog, what the bot can do, and how many
	// gateways there are.
	looked   func(l Look, a ability, gateways int)
	bot      replicas
	gateways replicas

	mu       sync.Mutex // guards the fields below
	control  Control
	accepted int // messages since the last look
	backlog  uint64
}

func newLoadShedder(conn *bus.Conn, looked func(Look, ability, int), log zerolog.Logger) *loadShedder {
	return &loadShedder{conn: conn, looked: looked, log: log}
}

// run looks at the backlog until the context ends. While NATS does not answer,
// everything stays as it is.
func (s *loadShedder) run(ctx context.Context) error {
	var asking sync.WaitGroup
	defer asking.Wait()
	asking.Go(func() { s.bot.run(ctx, s.conn, roles.Botworker.Service, askEvery) })
	asking.Go(func() { s.gateways.run(ctx, s.conn, roles.Gateway.Service, askGatewaysEvery) })
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if n < idleLooks && s.quiet() {
			continue
		}
		n = 0
		b, err := s.conn.Backlog(ctx, roles.Answering.Name)
		if err != nil {
			s.log.Debug().Err(err).Msg("could not read the bot's backlog")
			continue
		}
		now := time.Now()
		s.look(Look{At: now, Waiting: b.Waiting, Held: b.Held, Slots: s.bot.slots(now), Done: b.Done})
	}
}

// quiet reports whether a look would show nothing new.
func (s *loadShedder) quiet() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.control.Phase() == Open && s.accepted < busyMessages && s.backlog < busyMessages
}

// look takes a look into account and logs a change of phase.
func (s *loadShedder) look(l Look) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted, s.backlog = 0, l.Backlog()
	changed := s.control.Looked(l)
	s.looked(l, s.control.able(), max(1, len(s.gateways.known(l.At))))
	if !changed {
		return
	}
	log := s.log.With().Uint64("backlog", l.Backlog()).Uint64("slots", l.Slots).Logger()
	switch s.control.Phase() {
	case Full:
		log.Warn().Msg("the bot has more to answer than it can soon: shedding new visitors")
	case Easing:
		log.Info().Msg("the backlog is gone: admitting new visitors again, a few at first")
	case Open:
		log.Info().Msg("admitting everybody again")
	}
}

// open reports whether everybody may speak.
func (s *loadShedder) open() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.control.Phase() == Open
}

// tooMuchToAnswer is what a newcomer reads while the bot has too much to answer.
const tooMuchToAnswer = "There are more questions than can be answered right now. It goes on in a moment."

// newcomer admits a newcomer, or refuses.
func (s *loadShedder) newcomer() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if wait, ok := s.control.Newcomer(time.Now()); !ok {
		return overloaded(shedBacklog, tooMuchToAnswer, wait)
	}
	return nil
}

// took counts a message that was stored.
func (s *loadShedder) took() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted++
}

// admitted reports whether a visitor who was admitted then may speak, and whether the
// phase is Full: then nobody may have two questions open.
func (s *loadShedder) admitted(since time.Time) (may, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.control.Admitted(since), s.control.Phase() == Full
}

// wait returns how long the backlog will take.
func (s *loadShedder) wait() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.control.Wait()
}

// admittedSince reads in the chat's log whether its visitor was active, at any gateway,
// before the phase became Full. It returns since when, or the zero time.
func (s *loadShedder) admittedSince(ctx context.Context, id chat.ID) (time.Time, error) {
	last, err := s.conn.LastInput(ctx, id)
	if last == 0 || err != nil {
		return time.Time{}, err
	}
	latest, err := s.conn.Inputs(ctx, id, last-1, last, 1)
	if err != nil || len(latest) == 0 || time.Since(latest[0].At) > admittedFor {
		return time.Time{}, err
	}
	first, err := s.conn.Inputs(ctx, id, 0, math.MaxUint64, 1)
	if err != nil || len(first) == 0 {
		return time.Time{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !first[0].At.Before(s.control.Before()) {
		return time.Time{}, nil
	}
	return first[0].At, nil
}
