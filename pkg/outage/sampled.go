package outage

import (
	"cmp"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// sampledEvery is the usual time between lines of one kind.
const sampledEvery = 10 * time.Second

// Sampled thins out lines that would come by the hundred when many clients fail in the
// same way: of each kind it lets one line through, then none for Every. The zero
// value is ready to use; it may be used concurrently.
type Sampled struct {
	Every time.Duration // 0: ten seconds

	mu   sync.Mutex // guards what follows
	next map[string]time.Time
	left map[string]int
}

// Line returns the line, with the number of lines that were left out before it, if one
// of that kind may be logged now; otherwise nil, which zerolog ignores. There must be
// few kinds: don't name them after anything that comes from outside.
func (s *Sampled) Line(kind string, line *zerolog.Event) *zerolog.Event {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next == nil {
		s.next, s.left = map[string]time.Time{}, map[string]int{}
	}
	if now.Before(s.next[kind]) {
		s.left[kind]++
		return line.Discard()
	}
	if n := s.left[kind]; n > 0 {
		line = line.Int("left_out", n)
	}
	s.next[kind], s.left[kind] = now.Add(cmp.Or(s.Every, sampledEvery)), 0
	return line
}
