package merge

import (
	"sync"
	"time"
)

// sight is which of another region's buckets are merged as a whole. Its methods may be called
// concurrently.
type sight struct {
	mu    sync.Mutex           // guards what follows
	since map[string]time.Time // by bucket that is not merged: since when
	cut   time.Time            // since when the region was found not to be reached; zero: it is
}

// newSight returns one in which nothing is merged yet.
func newSight(rules []Rule) *sight {
	s := &sight{since: map[string]time.Time{}}
	for _, rule := range rules {
		s.lost(rule.Bucket)
	}
	return s
}

// whole notes that all of a bucket is merged.
func (s *sight) whole(bucket string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.since, bucket)
}

// lost notes that nothing is heard of a bucket.
func (s *sight) lost(bucket string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, already := s.since[bucket]; !already {
		s.since[bucket] = time.Now()
	}
}

// behind returns since when something is not merged, zero if everything is. A watch notices a cut
// only when it is over, so the connection is looked at too.
func (s *sight) behind(reached bool) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case reached:
		s.cut = time.Time{}
	case s.cut.IsZero():
		s.cut = time.Now()
	}
	first := s.cut
	for _, at := range s.since {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first.UTC().Round(0)
}
