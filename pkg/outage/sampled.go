package outage

import (
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// sampledEvery is how far apart the lines of one kind are at least.
const sampledEvery = 10 * time.Second

// Sampled thins out lines that would come in hundreds, since many people do the same
// in vain: of each kind one is written, then for ten seconds none. The zero value
// is ready to use; it may be used concurrently.
type Sampled struct {
	mu   sync.Mutex // guards what follows
	next map[string]time.Time
	left map[string]int
}

// Line returns the line where one of that kind is to be written now, with the
// number of those that were left out before it; else nil, which zerolog writes
// nothing to. There are few kinds: none is named after what comes from outside.
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
	s.next[kind], s.left[kind] = now.Add(sampledEvery), 0
	return line
}
