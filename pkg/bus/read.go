package bus

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// Inputs reads what the visitor wrote above the sequence after and up to to, at most limit
// events. It contains all that the stream's leader had when it was called. None and one
// cost a request each, and as much again to learn that no more follow; a burst costs one
// request more, whatever its length.
func (c *Conn) Inputs(ctx context.Context, id chat.ID, after, to uint64, limit int) ([]chat.Event, error) {
	events, err := c.inputs(ctx, id, after, to, limit)
	if err != nil {
		return nil, fmt.Errorf("read inputs of chat %s after %d: %w", id, after, err)
	}
	return events, nil
}

func (c *Conn) inputs(ctx context.Context, id chat.ID, after, to uint64, limit int) (events []chat.Event, err error) {
	next := func() error {
		e, err := c.leaderGet(ctx, id, getRequest{Seq: after + 1, NextFor: c.at(id, inSubjects(id))})
		switch {
		case errors.Is(err, ErrNotFound):
			to = after // nothing follows
		case err != nil:
			return err
		case e.Seq <= to:
			events, after = append(events, e), e.Seq
		default:
			to = after
		}
		return nil
	}
	more := func() bool { return after < to && len(events) < limit }
	if !more() {
		return nil, nil
	}
	if err := next(); err != nil || !more() {
		return events, err
	}
	// There may be more. The rest comes at once, from any copy: up to the leader's last
	// input they are all the same, and what a copy that is behind lacks comes from the
	// leader.
	last, err := c.LastInput(ctx, id)
	if err != nil {
		return nil, err
	}
	for to = min(to, last); more(); {
		batch, _, err := c.direct(ctx, id, getRequest{Seq: after + 1, NextFor: c.at(id, inSubjects(id)), Batch: min(limit-len(events), readBatch)})
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 {
			if err := next(); err != nil {
				return nil, err
			}
			continue
		}
		for _, e := range batch {
			if e.Seq > to {
				to = after
				break
			}
			events, after = append(events, e), e.Seq
		}
	}
	return events, nil
}

// LastInput returns the sequence of the visitor's last event, from the leader; 0 if the
// stream holds none.
func (c *Conn) LastInput(ctx context.Context, id chat.ID) (uint64, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, inSubjects(id))})
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read last input of chat %s: %w", id, err)
	}
	return e.Seq, nil
}

// LastSeq returns the sequence of the last event that TailOf would return, from the
// leader; 0 if the stream has none.
func (c *Conn) LastSeq(ctx context.Context, id chat.ID, reader chat.Role) (uint64, error) {
	last, err := c.LastEvent(ctx, id, reader)
	return last.Seq, err
}

// LastEvent returns the last event that TailOf would return, from the leader; one without
// a sequence if the stream has none.
func (c *Conn) LastEvent(ctx context.Context, id chat.ID, reader chat.Role) (last chat.Event, err error) {
	for _, subject := range c.atAll(id, readerSubjects(id, reader)) {
		e, err := c.leaderGet(ctx, id, getRequest{LastFor: subject})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return chat.Event{}, fmt.Errorf("read last event of chat %s: %w", id, err)
		}
		if e.Seq > last.Seq {
			last = e
		}
	}
	return last, nil
}

// NeverPurged reports whether the stream that holds the chat still has all that was ever
// stored in it.
func (c *Conn) NeverPurged(ctx context.Context, id chat.ID) (bool, error) {
	first, err := c.firstSeq(ctx, id)
	return err == nil && first <= 1, err
}

// NextSeq returns the sequence of the first event above after that TailOf would
// return, from the leader; math.MaxUint64 if there is none.
func (c *Conn) NextSeq(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (uint64, error) {
	subjects := c.atAll(id, readerSubjects(id, reader))
	next := uint64(math.MaxUint64)
	for _, subject := range subjects {
		m, err := c.leaderMessage(ctx, c.streamName(id), getRequest{Seq: after + 1, NextFor: subject})
		switch {
		case err == nil:
			next = min(next, m.Seq)
		case !errors.Is(err, ErrNotFound):
			return 0, fmt.Errorf("look for what follows event %d of chat %s: %w", after, id, err)
		}
	}
	return next, nil
}

// StreamEnd returns the last sequence of the stream that holds the chat, as the stream's
// leader has it; a stale leader may be behind.
func (c *Conn) StreamEnd(ctx context.Context, id chat.ID) (uint64, error) {
	info, err := c.streamInfo(ctx, c.streamName(id))
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// Last returns the chat's state as the stream's leader has it. If the event that carries
// it was purged, the state comes from the store, through the history service.
func (c *Conn) Last(ctx context.Context, id chat.ID) (Snapshot, error) {
	if err := c.Knows(id); err != nil {
		return Snapshot{}, err
	}
	s, err := c.last(ctx, id)
	return c.settled(id, s), err
}

func (c *Conn) last(ctx context.Context, id chat.ID) (Snapshot, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, outSubjects(id))})
	if err == nil && e.State == nil {
		err = fmt.Errorf("event %d, a %q, carries no state", e.Seq, e.Kind)
	}
	if err == nil {
		return Snapshot{Out: e.Seq, State: *e.State}, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return Snapshot{}, fmt.Errorf("read state of chat %s: %w", id, err)
	}
	first, err := c.firstSeq(ctx, id)
	if err != nil {
		return Snapshot{}, err
	}
	if first <= 1 { // nothing was ever purged
		return Snapshot{}, nil
	}
	last, err := Ask(ctx, c, StoredState, StateRequest{Chat: id})
	if err != nil {
		return Snapshot{}, fmt.Errorf("read state of chat %s from the store: %w", id, err)
	}
	if last.Event == nil || last.Event.State == nil {
		return Snapshot{}, nil
	}
	return Snapshot{State: *last.Event.State}, nil
}

// LastOut returns the last event of the chat that was written in the system's name, as the
// stream's leader has it; one without a sequence if there is none, or it was purged.
func (c *Conn) LastOut(ctx context.Context, id chat.ID) (chat.Event, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, outSubjects(id))})
	if errors.Is(err, ErrNotFound) {
		return chat.Event{}, nil
	}
	if err != nil {
		return chat.Event{}, fmt.Errorf("read the last event of chat %s: %w", id, err)
	}
	return e, nil
}

// firstSeq returns the first sequence that the chat's stream still holds.
func (c *Conn) firstSeq(ctx context.Context, id chat.ID) (uint64, error) {
	info, err := c.streamInfo(ctx, c.streamName(id))
	if err != nil {
		return 0, err
	}
	return info.State.FirstSeq, nil
}

func (c *Conn) streamInfo(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	s, err := askLeader(ctx, func(ctx context.Context) (jetstream.Stream, error) { return c.js.Stream(ctx, name) })
	if err != nil {
		return nil, fmt.Errorf("ask for stream %s: %w", name, translate(err))
	}
	return s.CachedInfo(), nil
}
