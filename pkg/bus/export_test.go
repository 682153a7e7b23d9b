package bus

import (
	"context"
	"time"
)

// PurgeStoredBefore is PurgeStored up to a moment instead of an age.
func (c *Conn) PurgeStoredBefore(ctx context.Context, consumer string, at time.Time) (uint64, error) {
	return c.purgeStored(ctx, consumer, func(time.Time) time.Time { return at })
}

// DeadLetters counts what the stream DEAD holds.
func (c *Conn) DeadLetters(ctx context.Context) (uint64, error) {
	info, err := c.streamInfo(ctx, deadStream)
	if err != nil {
		return 0, err
	}
	return info.State.Msgs, nil
}
