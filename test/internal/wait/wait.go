// Package wait waits for conditions, never for time.
package wait

import (
	"context"
	"fmt"
	"time"
)

// between is the pause between two checks.
const between = 200 * time.Millisecond

// Until checks the condition again and again until it holds. The condition returns what
// is missing, or nothing. The error says what was missing last.
func Until(ctx context.Context, limit time.Duration, what string, missing func(context.Context) string) error {
	ctx, stop := context.WithTimeout(ctx, limit)
	defer stop()
	tick := time.NewTicker(between)
	defer tick.Stop()
	for {
		last := missing(ctx)
		if last == "" {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %v: %s", what, limit, last)
		}
	}
}

// Pause waits a moment between two tries. It returns early with the context.
func Pause(ctx context.Context) error { return For(ctx, between) }

// For waits as long as a server asked for. It returns early with the context.
func For(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
