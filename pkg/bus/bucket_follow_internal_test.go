package bus

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// restarts returns the pauses before each start of a watch but the first. Each watch
// of the list reads the bucket (if works is not 0), works for that long and fails.
func restarts(t *testing.T, works []time.Duration) (pauses []time.Duration) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var failed time.Time
	watches := 0
	watch := func(ctx context.Context, see func(Entry[string])) error {
		if watches > 0 {
			pauses = append(pauses, time.Since(failed))
		}
		if watches == len(works) {
			cancel()
			return nil
		}
		if d := works[watches]; d > 0 {
			see(Entry[string]{Current: true})
			<-time.After(d)
		}
		watches++
		failed = time.Now()
		return errors.New("no leader")
	}
	f := Following[string]{Synced: func(map[string]string) {}}
	f.follow(ctx, watch, func() bool { return false }, func(error) {})
	return pauses
}

// A night in which a bucket fails now and then must not end in pauses of many seconds.
func TestThePauseBeforeABucketIsReadAgainIsShortAfterItWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pauses := restarts(t, []time.Duration{0, 0, 0, 0, 0, 0, time.Hour, time.Hour})
		for i, pause := range pauses {
			switch {
			case i == 5 && pause < following.Max/2:
				t.Errorf("after six failures in a row the pause is %v, want it grown to %v", pause, following.Max)
			case i > 5 && pause > following.Min:
				t.Errorf("after an hour of work the pause is %v, want %v at most", pause, following.Min)
			}
		}
		if len(pauses) != 8 {
			t.Errorf("%d pauses, want 8", len(pauses))
		}
	})
}

func TestABucketThatFailsAsSoonAsItWasReadIsReadLessAndLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		moment := time.Millisecond
		pauses := restarts(t, []time.Duration{moment, moment, moment, moment, moment, moment})
		if last := pauses[len(pauses)-1]; last < following.Max/2 {
			t.Errorf("the pause is still %v, want it grown to %v", last, following.Max)
		}
	})
}
