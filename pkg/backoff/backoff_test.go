package backoff

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheDelayGrowsWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Min: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "min"))}
		p.Max = p.Min + time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "more"))
		try := rapid.IntRange(-3, 1<<30).Draw(t, "try")
		d := p.Delay(try)
		if d < p.Min/2 || d > p.Max {
			t.Fatalf("%+v, try %d: %v", p, try, d)
		}
		if try > 40 && d < p.Max/2 {
			t.Fatalf("%+v, try %d: %v does not grow", p, try, d)
		}
	})
}

func TestTheWaitEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (Policy{Min: time.Hour, Max: time.Hour}).Wait(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestASleepEndsWithItsContextOrItsTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if err := Sleep(ctx, time.Nanosecond); err != nil {
		t.Error(err)
	}
	cancel()
	if err := Sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
