package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// RecentOut reads what was said lately in the system's name: the events on the
// chat's "out" subjects that were stored within the stream's duplicate window (ten
// minutes) before the last of them, ascending, and that one. It contains everything
// that the stream had acknowledged when it was called.
func (c *Conn) RecentOut(ctx context.Context, id chat.ID) ([]chat.Event, error) {
	return c.recentOut(ctx, id, DuplicateWindow)
}

func (c *Conn) recentOut(ctx context.Context, id chat.ID, window time.Duration) ([]chat.Event, error) {
	return c.recentOn(ctx, id, c.at(id, outSubjects(id)), window)
}

// LastHour reads what visitors may see of the chat and was stored within the hour before the
// last of it, ascending, and that one: what a chat's limits let into it in an hour is a few
// megabytes at most. It contains everything that the stream had acknowledged when it was called.
func (c *Conn) LastHour(ctx context.Context, id chat.ID) ([]chat.Event, error) {
	return c.recentOn(ctx, id, c.at(id, chatSubjects(id)), time.Hour)
}

// recentOn is RecentOut for what is on any subjects of the chat.
func (c *Conn) recentOn(ctx context.Context, id chat.ID, on Subject, window time.Duration) ([]chat.Event, error) {
	last, err := c.leaderGet(ctx, id, getRequest{LastFor: on})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read last event of chat %s: %w", id, err)
	}
	// Counted from the stream's own clock.
	since := last.At.Add(-window)
	first, err := c.leaderGet(ctx, id, getRequest{StartTime: &since, NextFor: on})
	if errors.Is(err, ErrNotFound) { // purged meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read chat %s since %s: %w", id, since, err)
	}
	var events []chat.Event
	for after, more := first.Seq-1, true; more; after = events[len(events)-1].Seq {
		var part []chat.Event
		if part, more, err = c.readAfter(ctx, id, on, after); err != nil {
			return nil, fmt.Errorf("read chat %s after %d: %w", id, after, err)
		}
		if events = append(events, part...); len(events) == 0 {
			break
		}
	}
	return events, nil
}
