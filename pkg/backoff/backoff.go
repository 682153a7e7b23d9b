// Package backoff decides how long to wait before a retry.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Policy is a delay that doubles from Min up to Max.
type Policy struct{ Min, Max time.Duration }

// Delay returns how long to wait before the given retry (1 is the first): between half
// and all of Min·2^(try-1), never more than Max. The random half keeps many clients
// from retrying at the same instant.
func (p Policy) Delay(try int) time.Duration {
	d := p.Max
	if try < 1 {
		try = 1
	}
	if try < 32 {
		if grown := p.Min << (try - 1); grown > 0 && grown < p.Max {
			d = grown
		}
	}
	return d/2 + rand.N(d/2+1)
}

// Wait sleeps for Delay(try) or until the context ends, whose error it returns.
func (p Policy) Wait(ctx context.Context, try int) error { return Sleep(ctx, p.Delay(try)) }

// Sleep returns after d, or with the context's error as soon as the context ends.
func Sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
