package gateway

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/merge"
	"github.com/parley-chat/parley/pkg/moving"
)

const (
	// regionsEvery is how often the other regions are looked at.
	regionsEvery = 5 * time.Second
	// regionTime bounds a look: a link that lets nothing through says nothing for longer.
	regionTime = 3 * time.Second
)

// regionSights is what this gateway knows of the other regions. Its methods may be called
// concurrently.
type regionSights struct {
	own     *bus.Conn
	regions *bus.Regions
	metrics *metrics
	copyOf  []chat.Region // regions of whose chats a copy is kept here
	began   time.Time

	mu    sync.Mutex // guards what follows
	known map[chat.Region]ops.Region
}

func newRegionSights(own *bus.Conn, regions *bus.Regions, m *metrics, copyOf []chat.Region) *regionSights {
	return &regionSights{own: own, regions: regions, metrics: m, copyOf: copyOf, began: time.Now(), known: map[chat.Region]ops.Region{}}
}

// seen is what the operator page shows of the other regions; one that was never looked at is
// left out.
func (s *regionSights) seen() ops.Regions {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := ops.Regions{Own: s.own.Region()}
	for _, name := range s.regions.Elsewhere() {
		if r, ok := s.known[name]; ok {
			all.Others = append(all.Others, r)
		}
	}
	return all
}

// run looks at the other regions until the context ends.
func (s *regionSights) run(ctx context.Context) {
	t := time.NewTicker(regionsEvery)
	defer t.Stop()
	for {
		var all sync.WaitGroup
		for _, name := range s.regions.Elsewhere() {
			all.Go(func() { s.look(ctx, name) })
		}
		all.Wait()
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// look sees whether another region is reached, how far away it is, and whether what it has is
// merged here.
func (s *regionSights) look(ctx context.Context, name chat.Region) {
	limited, cancel := context.WithTimeout(ctx, regionTime)
	defer cancel()
	now := ops.Region{Name: name}
	conn, err := s.regions.To(name)
	var took time.Duration
	if err == nil {
		took, err = conn.RoundTrip(limited)
	}
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		now.Since, now.Why = time.Now().UTC(), err.Error()
	} else {
		now.Reached, now.RoundTripMS = true, float64(took.Microseconds())/1000
		s.metrics.roundTrip.WithLabelValues(string(name)).Set(took.Seconds())
	}
	behind := 0.0
	// If the own region can't say it now, the page keeps quiet about it: it says that NATS is away.
	if since, err := merge.Behind(limited, s.own, name); err == nil && !since.IsZero() {
		now.Behind, behind = since, time.Since(since).Seconds()
	}
	s.lookAtCopy(ctx, &now)
	s.metrics.regions.WithLabelValues(string(name)).Set(oneIf(now.Reached))
	s.metrics.behind.WithLabelValues(string(name)).Set(max(0, behind))
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.known[name]; ok && !was.Reached && !now.Reached {
		now.Since = was.Since // since it has been away
	}
	s.known[name] = now
}

// lookAtCopy sees how old the copy of another region's chats is, if one is to be kept here.
func (s *regionSights) lookAtCopy(ctx context.Context, now *ops.Region) {
	if !slices.Contains(s.copyOf, now.Name) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, regionTime) // whatever the other region took
	defer cancel()
	has, _, err := moving.CopiedOf(ctx, s.own, now.Name)
	if err != nil {
		return
	}
	now.Copy, now.Copied = true, has.Through
	if has.Through.IsZero() {
		has.Through = s.began // the first copy is being made
	}
	s.metrics.copied.WithLabelValues(string(now.Name)).Set(max(0, time.Since(has.Through).Seconds()))
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
