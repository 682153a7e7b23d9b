package merge

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// replica is one of several that would lead.
type replica struct {
	reaches atomic.Bool
	leads   atomic.Bool
	stop    func()
}

// replicas are several of one region, of which one shall lead.
func replicas(t *testing.T, conn *bus.Conn, patience time.Duration, n int) (all []*replica) {
	t.Helper()
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	for range n {
		ctx, stop := context.WithCancel(context.Background())
		t.Cleanup(stop)
		r := &replica{stop: stop}
		r.reaches.Store(true)
		l := newLeader(conn, conn, func() time.Time { return time.Time{} }, zerolog.Nop())
		l.key, l.reaches, l.every, l.patience = "merging.eu", r.reaches.Load, 20*time.Millisecond, patience
		running.Go(func() {
			l.lead(ctx, func(ctx context.Context) {
				r.leads.Store(true)
				<-ctx.Done()
				r.leads.Store(false)
			})
		})
		all = append(all, r)
	}
	return all
}

// leading waits until one leads of those that are asked for, and returns it.
func leading(t *testing.T, among []*replica) (leads *replica) {
	t.Helper()
	bustest.Eventually(t, "one replica to lead", func() bool {
		var n int
		for _, r := range among {
			if r.leads.Load() {
				leads, n = r, n+1
			}
		}
		return n == 1
	})
	return leads
}

func without(all []*replica, one *replica) (rest []*replica) {
	for _, r := range all {
		if r != one {
			rest = append(rest, r)
		}
	}
	return rest
}

// Of all replicas one leads; when it ends, when it hangs, and when it alone no longer reaches
// the other region, another one does.
func TestOneReplicaLeads(t *testing.T) {
	t.Parallel()
	all := replicas(t, bustest.Start(t).Connect("gateway"), 200*time.Millisecond, 3)
	first := leading(t, all)
	first.stop()
	all = without(all, first)
	second := leading(t, all)
	second.reaches.Store(false)
	third := leading(t, without(all, second))
	bustest.Eventually(t, "the second to know that it no longer leads", func() bool { return !second.leads.Load() })
	if third == second {
		t.Error("who does not reach the region leads")
	}
}

// In a cut that all of them see, whoever leads goes on when it ends, and so need not read
// everything again.
func TestACutChangesNobodyWhoLeads(t *testing.T) {
	t.Parallel()
	conn := bustest.Start(t).Connect("gateway")
	all := replicas(t, conn, 2*time.Second, 3)
	first := leading(t, all)
	bucket, err := bus.OpenBucket[lease](t.Context(), conn, bus.SettingsBucket)
	if err != nil {
		t.Fatal(err)
	}
	// beats waits until whoever leads has said so that often, longer than the others' patience.
	beats := func(away bool) {
		var seen uint64
		for n := 0; n < 150; n++ {
			bustest.Eventually(t, "the next beat", func() bool {
				is, revision, err := bucket.Get(t.Context(), "merging.eu")
				fresh := err == nil && is.Away == away && revision > seen
				if fresh {
					seen = revision
				}
				return fresh
			})
		}
	}
	for _, r := range all {
		r.reaches.Store(false)
	}
	beats(true)
	for _, r := range all {
		r.reaches.Store(true)
	}
	beats(false)
	if now := leading(t, all); now != first {
		t.Fatal("another one leads after the cut")
	}
}

// One that died without a word is followed by another, which counts by its own clock.
func TestWhoDiedIsFollowed(t *testing.T) {
	t.Parallel()
	conn := bustest.Start(t).Connect("gateway")
	bucket, err := bus.OpenBucket[lease](t.Context(), conn, bus.SettingsBucket)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.Create(t.Context(), "merging.eu", lease{By: "dead"}); err != nil {
		t.Fatal(err)
	}
	l := newLeader(conn, conn, func() time.Time { return time.Time{} }, zerolog.Nop())
	l.key, l.every, l.patience = "merging.eu", 20*time.Millisecond, 200*time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	began := time.Now()
	l.lead(ctx, func(context.Context) { stop() })
	if ctx.Err() == nil || time.Since(began) < l.patience {
		t.Errorf("it leads after %v, and the other one may still live", time.Since(began))
	}
}

// What was merged before a cut is not read again after it, unless the bucket is another one.
func TestAPositionHoldsForOneBucket(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	made := now.Add(-time.Hour)
	at := position{}
	if from := at.from(made, 100, now); from != 0 {
		t.Errorf("at first it goes on from %d", from)
	}
	at.revision = 70
	for name, c := range map[string]struct {
		made time.Time
		last uint64
		now  time.Time
		want uint64
	}{
		"after a cut":            {made, 90, now.Add(time.Minute), 70},
		"another bucket":         {now, 90, now.Add(time.Minute), 0},
		"one that lost its end":  {made, 60, now.Add(time.Minute), 0},
		"when it was long since": {made, 90, now.Add(2 * wholeEvery), 0},
	} {
		p := at
		if from := p.from(c.made, c.last, c.now); from != c.want {
			t.Errorf("%s it goes on from %d, not %d", name, from, c.want)
		}
	}
}

// What is behind counts from when the first bucket was lost, or the region, and ends when all is
// merged.
func TestWhatIsNotMergedIsBehind(t *testing.T) {
	t.Parallel()
	seen := newSight(Rules())
	since := seen.behind(true)
	if since.IsZero() {
		t.Error("at first nothing is behind")
	}
	for i, rule := range Rules() {
		if i > 0 && seen.behind(true).IsZero() {
			t.Errorf("nothing is behind, and %s is not merged", rule.Bucket)
		}
		seen.whole(rule.Bucket)
	}
	if at := seen.behind(true); !at.IsZero() {
		t.Errorf("all is merged, and something is behind since %v", at)
	}
	cut := seen.behind(false)
	if cut.IsZero() || !seen.behind(false).Equal(cut) {
		t.Errorf("in a cut it is behind since %v, and then since %v", cut, seen.behind(false))
	}
	seen.lost(Rules()[0].Bucket)
	if at := seen.behind(true); at.IsZero() || at.Before(cut) {
		t.Errorf("after the cut it is behind since %v", at)
	}
}
