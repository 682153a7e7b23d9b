package bus

import (
	"context"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// RecentOutWithin is RecentOut with a window of its own.
func (c *Conn) RecentOutWithin(ctx context.Context, id chat.ID, window time.Duration) ([]chat.Event, error) {
	return c.recentOut(ctx, id, window)
}
