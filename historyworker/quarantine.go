package historyworker

import (
	"context"
	"fmt"
	"sync"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// An event that the store refuses for good must not keep the events behind it from
// the store. But no error proves that it is about the event: by contract an error of
// Put means "not now", and a full disk refuses every event too. So an event counts as
// refused for good only if all of this holds:
//
//   - the store answered a ping right after each refusal, and no refusal said that a part
//     of the store (a shard) is down, which a ping does not notice,
//   - the event was refused alone, maxRefusals times,
//   - since the first of these refusals the store took another batch.
//
// Then it becomes a dead letter, which can be replayed, and the rest of its batch is
// stored without it.

// maxRefusals is how often an event must be refused alone. With the bus's growing
// delay between two tries that takes about a minute and a half.
const maxRefusals = 10

// quarantine is what one replica knows of the events in its hands that the store
// refuses. An event leaves it when its batch is done, so it holds at most the batches
// at hand: a few thousand events.
//
// Other replicas need to know nothing of it. If the replica dies, or an acknowledgment
// is lost, the event is delivered again, and at its first refusal the dead letter is
// found that any replica recorded.
type quarantine struct {
	mu     sync.Mutex // guards events
	events map[eventKey]*refusals
}

type eventKey struct {
	chat chat.ID
	seq  uint64
}

func keyOf(e chat.Event) eventKey { return eventKey{e.Chat, e.Seq} }

// refusals are those of an event that was refused alone while the store was up.
type refusals struct {
	count   int
	taken   uint64 // how many batches the store had taken before the first refusal
	givenUp bool
}

func newQuarantine() *quarantine { return &quarantine{events: map[eventKey]*refusals{}} }

// pass returns the events that are not given up.
func (q *quarantine) pass(events []chat.Event) []chat.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) == 0 {
		return events
	}
	rest := make([]chat.Event, 0, len(events))
	for _, e := range events {
		if r := q.events[keyOf(e)]; r == nil || !r.givenUp {
			rest = append(rest, e)
		}
	}
	return rest
}

// refused counts one more refusal of the event, after the store had taken that many
// batches.
func (q *quarantine) refused(e chat.Event, taken uint64) refusals {
	q.mu.Lock()
	defer q.mu.Unlock()
	r := q.events[keyOf(e)]
	if r == nil {
		r = &refusals{taken: taken}
		q.events[keyOf(e)] = r
	}
	r.count++
	return *r
}

// giveUp leaves the event out of its batch from now on.
func (q *quarantine) giveUp(e chat.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.events[keyOf(e)] = &refusals{givenUp: true}
}

// release forgets the events of a batch that is done.
func (q *quarantine) release(batch []chat.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.events) == 0 {
		return
	}
	for _, e := range batch {
		delete(q.events, keyOf(e))
	}
}

// isolate finds one event that the store refuses, by halving, and stores what it can
// on the way. cause is why the events were refused together. It returns the event
// with the reason why it was refused alone, or an error if there is no such event now.
func (w *Worker) isolate(ctx context.Context, events []chat.Event, cause error) (poison chat.Event, reason, err error) {
	for len(events) > 1 {
		left, right := events[:len(events)/2], events[len(events)/2:]
		if err := w.write(ctx, left); err != nil {
			events, cause = left, err
		} else if err := w.write(ctx, right); err != nil {
			events, cause = right, err
		} else {
			// It takes them now: the next try stores the rest.
			return chat.Event{}, nil, fmt.Errorf("%w: %w", bus.ErrUnavailable, cause)
		}
		if ctx.Err() != nil || w.gone(ctx, cause) {
			return chat.Event{}, nil, fmt.Errorf("%w: %w", bus.ErrUnavailable, cause)
		}
	}
	return events[0], cause, nil
}

// giveUp returns nil once the event, which was just refused alone, is given up: now,
// or before by any replica.
func (w *Worker) giveUp(ctx context.Context, e chat.Event, reason error) error {
	log := w.log.With().Str("chat", string(e.Chat)).Uint64("seq", e.Seq).Logger()
	taken := w.taken.Load()
	r := w.quarantine.refused(e, taken)
	known := false
	if r.count == 1 {
		var err error
		if known, err = w.conn.HasDeadLetter(ctx, roles.Storing.Name, e); err != nil {
			log.Debug().Err(err).Msg("can't look for the event among the dead letters")
		}
	}
	switch {
	case known:
		log.Info().Msg("the store refuses an event that was given up before")
	case r.count < maxRefusals || taken == r.taken:
		log.Warn().Err(reason).Int("refused", r.count).Msg("the store refuses an event")
		return fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, reason)
	default:
		if err := w.conn.RecordDeadLetter(ctx, roles.Storing.Name, e, r.count, reason); err != nil {
			return fmt.Errorf("give up event %d of chat %s: %w", e.Seq, e.Chat, err)
		}
		log.Error().Err(reason).Int("refused", r.count).Msg("gave up on an event that the store refuses: recorded as a dead letter")
	}
	w.quarantine.giveUp(e)
	return nil
}

// replay stores an event that was given up.
func (w *Worker) replay(ctx context.Context, d bus.Delivery) error {
	return w.write(ctx, []chat.Event{d.Event})
}
