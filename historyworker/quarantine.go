package historyworker

import (
	"context"
	"fmt"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// An event that the store refuses for good must not keep those behind it from
// the store. But no error says for sure that it is about the event: by contract
// an error of Put means "not now", and a full disk refuses every event too. So
// an event counts as refused for good only when all of this holds:
//
//   - the store answered a ping right after each refusal,
//   - the event was refused alone, refusals times,
//   - since the first of these the store took another batch.
//
// Then it is set aside among the dead letters, where it can be replayed from.

// refusals is how often an event must be refused alone. With the bus's growing
// delay between two tries that is about a minute and a half.
const refusals = 10

// suspect is an event that was refused alone while the store was there.
type suspect struct {
	refused int
	taken   uint64 // the worker's count at the first refusal
}

// isolate finds one event that the store refuses, by halving, and stores what it
// can on the way. cause is why the events were refused together. It returns nil
// where everything is stored or set aside.
func (w *Worker) isolate(ctx context.Context, events []chat.Event, cause error) error {
	for part := events; ; {
		if len(part) == 1 {
			return w.accuse(ctx, events, part[0], cause)
		}
		left, right := part[:len(part)/2], part[len(part)/2:]
		err := w.write(ctx, left)
		if err != nil {
			part, cause = left, err
		} else if err = w.write(ctx, right); err != nil {
			part, cause = right, err
		} else {
			// It takes them now: the next try stores the rest.
			return fmt.Errorf("%w: %w", bus.ErrUnavailable, cause)
		}
		if ctx.Err() != nil || w.ping(ctx) != nil {
			return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
		}
	}
}

// accuse notes one more refusal of the event, and sets it aside after the last.
func (w *Worker) accuse(ctx context.Context, events []chat.Event, e chat.Event, cause error) error {
	log := w.log.With().Str("chat", string(e.Chat)).Uint64("seq", e.Seq).Logger()
	at := placeOf(e)
	w.mu.Lock()
	s, ok := w.suspects[at]
	if !ok {
		s.taken = w.taken.Load()
	}
	s.refused++
	w.suspects[at] = s
	w.mu.Unlock()
	if s.refused < refusals || w.taken.Load() == s.taken {
		log.Warn().Err(cause).Int("refused", s.refused).Msg("the store refuses an event")
		return fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, cause)
	}
	if err := w.conn.RecordDeadLetter(ctx, roles.Storing.Name, e, s.refused, cause); err != nil {
		return fmt.Errorf("set aside event %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	log.Error().Err(cause).Int("refused", s.refused).Msg("gave up on an event that the store refuses: recorded as a dead letter")
	w.mu.Lock()
	delete(w.suspects, at)
	w.aside[at] = true
	w.mu.Unlock()
	return w.put(ctx, events)
}

// withoutAside leaves out what was set aside.
func (w *Worker) withoutAside(events []chat.Event) []chat.Event {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.aside) == 0 {
		return events
	}
	rest := make([]chat.Event, 0, len(events))
	for _, e := range events {
		if !w.aside[placeOf(e)] {
			rest = append(rest, e)
		}
	}
	return rest
}

// replay stores an event that was set aside.
func (w *Worker) replay(ctx context.Context, d bus.Delivery) error {
	return w.write(ctx, []chat.Event{d.Event})
}

// forget acquits what the store took after all.
func (w *Worker) forget(events []chat.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.suspects) == 0 {
		return
	}
	for _, e := range events {
		delete(w.suspects, placeOf(e))
	}
}
