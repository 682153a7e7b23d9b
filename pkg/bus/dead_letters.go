package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
)

// MaxDeadLetters is how many dead letters one page may hold.
const MaxDeadLetters = 200

// DeadLetters returns the dead letters with a number above after, oldest first, at most
// limit (1 to MaxDeadLetters) of them, and whether there are more.
func (c *Conn) DeadLetters(ctx context.Context, after uint64, limit int) (list []DeadLetter, more bool, err error) {
	limit = min(max(limit, 1), MaxDeadLetters)
	for {
		m, err := c.leaderMessage(ctx, deadStream, getRequest{Seq: after + 1, NextFor: ">"})
		if errors.Is(err, ErrNotFound) {
			return list, false, nil
		}
		if err != nil {
			return nil, false, fmt.Errorf("read dead letters after %d: %w", after, err)
		}
		if len(list) == limit {
			return list, true, nil
		}
		list = append(list, decodeDeadLetter(m))
		after = m.Seq
	}
}

// DeadLetter returns the dead letter with that number, or ErrNotFound.
func (c *Conn) DeadLetter(ctx context.Context, number uint64) (DeadLetter, error) {
	if number == 0 {
		return DeadLetter{}, fmt.Errorf("read dead letter 0: %w", ErrNotFound)
	}
	m, err := c.leaderMessage(ctx, deadStream, getRequest{Seq: number})
	if err != nil {
		return DeadLetter{}, fmt.Errorf("read dead letter %d: %w", number, err)
	}
	return decodeDeadLetter(m), nil
}

// DropDeadLetter removes the dead letter with that number for good, or returns
// ErrNotFound.
func (c *Conn) DropDeadLetter(ctx context.Context, number uint64) error {
	if _, err := c.DeadLetter(ctx, number); err != nil {
		return err
	}
	s, err := c.js.Stream(ctx, deadStream)
	if err == nil {
		err = s.DeleteMsg(ctx, number)
	}
	if err == nil {
		return nil
	}
	if _, gone := c.DeadLetter(ctx, number); errors.Is(gone, ErrNotFound) {
		return nil // somebody else was quicker
	}
	return fmt.Errorf("remove dead letter %d: %w", number, translate(err))
}

// EventOf returns the event in a dead letter; false if it holds none that can be read,
// as that of a timer.
func (c *Conn) EventOf(ctx context.Context, l DeadLetter) (chat.Event, bool) {
	d, err := decodeDelivery(origin{subject: l.Subject, seq: l.Seq, stored: l.Stored, data: l.Data}, nil)
	if err == nil {
		d.Event, err = c.sealer.readable(ctx, d.Event, l.Data)
	}
	return d.Event, err == nil
}

// decodeDeadLetter returns one even if it can't be read: an operator must be able to
// drop it.
func decodeDeadLetter(m storedMessage) DeadLetter {
	var l DeadLetter
	if err := json.Unmarshal(m.Data, &l); err != nil {
		l = DeadLetter{Subject: m.Subject, Reason: "this dead letter can't be read: " + err.Error(), At: m.Time, Data: m.Data}
	}
	l.Number = m.Seq
	return l
}
