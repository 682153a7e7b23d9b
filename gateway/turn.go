package gateway

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// roomAgain is when who finds the disk full is told to come again.
const roomAgain = 4 * time.Second

// room returns a *busyError where there is no room to store anything.
func (g *Gateway) room() error {
	if g.opts.Room == nil || g.opts.Room() == nil {
		return nil
	}
	return &busyError{"room", noRoom, spread(roomAgain)}
}

// mayMake is asked before a new visitor is written down.
func (g *Gateway) mayMake(context.Context) error {
	if err := g.room(); err != nil {
		return err
	}
	return g.gate.letIn()
}

// turn is what a visitor's connection knows of its place among those who are
// served. Its goroutine alone uses it.
type turn struct {
	since  time.Time // served since then; zero: not known to be
	sought bool      // the chat's log was asked already
	last   uint64    // the sequence of the last message that was stored
}

// mayStore returns a *busyError where the visitor may not speak now: there is no
// room, or the bot has too much before it. A person who answers is not the bot's
// burden, so whoever talks to one goes on.
func (s *visitorSession) mayStore(ctx context.Context, e chat.Event, hint bus.Snapshot) error {
	if err := s.g.room(); err != nil {
		return err
	}
	if s.g.gate.open() || !hint.State.BotSpeaks() {
		return nil
	}
	may, full := s.g.gate.served(s.turn.since)
	if !may && !s.turn.sought {
		since, err := s.g.gate.servedSince(ctx, e.Chat)
		if err != nil {
			return err
		}
		s.turn.since, s.turn.sought = since, true
		may, full = s.g.gate.served(since)
	}
	if !may {
		if err := s.g.gate.letIn(); err != nil {
			return err
		}
		s.turn.since = time.Now()
		return nil
	}
	if full && e.Kind == chat.Message && s.turn.last > hint.State.AnsweredThrough {
		return &slowDown{min(s.g.gate.wait(), 3*time.Second)}
	}
	return nil
}

// wasStored notes that the visitor was served.
func (s *visitorSession) wasStored(e chat.Event, seq uint64) {
	s.g.gate.took()
	if s.turn.since.IsZero() {
		s.turn.since = time.Now()
	}
	if e.Kind == chat.Message {
		s.turn.last = seq
	}
}
