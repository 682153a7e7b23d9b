package bus

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// Acknowledged returns the sequence up to which the durable consumer has handled
// everything in the chat's stream; 0 if there is no such consumer. It may be lower than
// the truth, never higher.
func (c *Conn) Acknowledged(ctx context.Context, id chat.ID, consumer string) (uint64, error) {
	name := c.streamName(id)
	cons, err := c.js.Consumer(ctx, name, consumer) // asks the consumer's leader
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("ask for consumer %s of stream %s: %w", consumer, name, translate(err))
	}
	floor := cons.CachedInfo().AckFloor.Stream
	if n := c.guest(id); n > 0 { // what is older came with the chat, and is in the store
		floor = max(floor, uint64(n)*guestBase-1)
	}
	c.floors.learn(floorKey{name, consumer}, floor)
	return floor, nil
}

// AcknowledgedOnce is Acknowledged without a request: what this connection last learned of
// that, 0 if nothing yet.
func (c *Conn) AcknowledgedOnce(id chat.ID, consumer string) uint64 {
	return c.floors.of(floorKey{c.streamName(id), consumer})
}

// floors are how far durable consumers have acknowledged everything, as was last learned.
// There are as many as there are streams and consumers.
type floors struct {
	mu    sync.Mutex // guards known
	known map[floorKey]uint64
}

type floorKey struct{ stream, consumer string }

func (f *floors) of(key floorKey) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known[key]
}

func (f *floors) learn(key floorKey, floor uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[floorKey]uint64{}
	}
	f.known[key] = floor
}

// PurgedThrough returns the sequence up to which the chat's stream no longer holds
// anything.
func (c *Conn) PurgedThrough(ctx context.Context, id chat.ID) (uint64, error) {
	first, err := c.firstSeq(ctx, id)
	return max(first, 1) - 1, err
}

// PurgeStored removes from each chat stream what is older than keep and has been
// acknowledged by every durable consumer of that stream. Nothing is removed if the named
// consumer does not exist. Age is measured by the stream leader's own clock, which
// stamped the events. Several processes may call it at once. It returns by how much the
// streams' first sequences moved on, even with an error, which may concern only some of
// the streams.
func (c *Conn) PurgeStored(ctx context.Context, consumer string, keep time.Duration) (uint64, error) {
	return c.purgeStored(ctx, consumer, func(now time.Time) time.Time { return now.Add(-keep) })
}

func (c *Conn) purgeStored(ctx context.Context, consumer string, cutoff func(now time.Time) time.Time) (uint64, error) {
	var purged uint64
	var errs []error
	for _, name := range c.chatStreams() {
		n, err := c.purgeStream(ctx, name, consumer, cutoff)
		if err != nil {
			err = fmt.Errorf("purge stream %s: %w", name, translate(err))
		}
		purged, errs = purged+n, append(errs, err)
	}
	return purged, errors.Join(errs...)
}

func (c *Conn) purgeStream(ctx context.Context, name, consumer string, cutoff func(now time.Time) time.Time) (uint64, error) {
	s, err := c.js.Stream(ctx, name) // asks the leader
	if err != nil {
		return 0, err
	}
	info := s.CachedInfo()
	state, before := info.State, cutoff(info.TimeStamp)
	if state.Msgs == 0 || !state.FirstTime.Before(before) {
		return 0, nil // the common case: one request a stream
	}
	floor, err := c.acknowledgedByAll(ctx, s, consumer)
	if err != nil || floor < state.FirstSeq {
		return 0, err
	}
	keepFrom, err := c.firstSince(ctx, name, before)
	switch {
	case errors.Is(err, ErrNotFound) && state.LastTime.Before(before):
		keepFrom = state.LastSeq + 1 // all of it is old
	case err != nil:
		return 0, err
	}
	keepFrom = min(keepFrom, floor+1)
	if keepFrom <= state.FirstSeq {
		return 0, nil
	}
	if err := s.Purge(ctx, jetstream.WithPurgeSequence(keepFrom)); err != nil {
		return 0, err
	}
	return keepFrom - state.FirstSeq, nil
}

// acknowledgedByAll returns the lowest acknowledged sequence of the stream's durable
// consumers; 0 if the one that must be among them is not. A consumer that can't be asked
// is an error: it may lag. (So consumers are listed by name: a list of their states
// leaves out those whose leader does not answer.)
func (c *Conn) acknowledgedByAll(ctx context.Context, s jetstream.Stream, must string) (uint64, error) {
	floor, found := uint64(math.MaxUint64), false
	names := s.ConsumerNames(ctx)
	var all []string
	for name := range names.Name() {
		all = append(all, name)
	}
	if err := names.Err(); err != nil {
		return 0, fmt.Errorf("list its consumers: %w", err)
	}
	for _, name := range all {
		cons, err := s.Consumer(ctx, name)
		if err != nil {
			return 0, fmt.Errorf("ask for its consumer %s: %w", name, err)
		}
		info := cons.CachedInfo()
		if info.Config.Durable == "" {
			continue // somebody's temporary one
		}
		found = found || name == must
		handled, err := c.handledThrough(ctx, info.Stream, info)
		if err != nil {
			return 0, fmt.Errorf("ask what its consumer %s is given next: %w", name, err)
		}
		floor = min(floor, handled)
	}
	if !found {
		return 0, nil
	}
	return floor, nil
}

// handledThrough returns the sequence up to which a consumer has handled everything. What it
// acknowledged alone ends with the last event that its filter matched: where nobody ever
// asks for a person, that would keep everything forever. So the stream's leader is asked
// for the next event that the consumer is for.
func (c *Conn) handledThrough(ctx context.Context, stream string, info *jetstream.ConsumerInfo) (uint64, error) {
	floor := info.AckFloor.Stream
	if len(info.Config.FilterSubjects) > 1 || info.NumAckPending > 0 {
		return floor, nil
	}
	filter := Subject(info.Config.FilterSubject)
	if len(info.Config.FilterSubjects) == 1 {
		filter = Subject(info.Config.FilterSubjects[0])
	}
	if filter == "" {
		return floor, nil
	}
	next, err := c.leaderMessage(ctx, stream, getRequest{Seq: floor + 1, NextFor: filter})
	switch {
	case errors.Is(err, ErrNotFound):
		return math.MaxUint64, nil
	case err != nil:
		return 0, err
	}
	return max(floor, next.Seq-1), nil
}

// firstSince returns the sequence of the stream's first message at or after the
// time, or ErrNotFound. (NATS ADR-31: start_time with next_by_subj.)
func (c *Conn) firstSince(ctx context.Context, name string, at time.Time) (uint64, error) {
	m, err := c.leaderMessage(ctx, name, struct {
		StartTime time.Time `json:"start_time"`
		NextFor   Subject   `json:"next_by_subj"`
		NoHeaders bool      `json:"no_hdr"`
	}{at, ">", true})
	if err != nil {
		return 0, err
	}
	if m.Time.Before(at) {
		return 0, fmt.Errorf("stream %s does not know what it holds since %s", name, at)
	}
	return m.Seq, nil
}
