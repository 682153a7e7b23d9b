package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// tally counts what happened since it was last taken.
type tally struct {
	mu       sync.Mutex // guards what follows
	replies  []time.Duration
	refusals map[string]int // by code, and how a connection ended

	sent, acked, answered, connected atomic.Int64 // of the flood, ever
	open                             atomic.Int64 // sockets of the flood
}

func newTally() *tally { return &tally{refusals: map[string]int{}} }

func (t *tally) reply(took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.replies = append(t.replies, took)
}

func (t *tally) refused(code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refusals[code]++
}

// taken is what a tally held.
type taken struct {
	replies  []time.Duration
	refusals map[string]int
}

// take empties the tally.
func (t *tally) take() taken {
	t.mu.Lock()
	defer t.mu.Unlock()
	got := taken{t.replies, t.refusals}
	t.replies, t.refusals = nil, map[string]int{}
	return got
}

// counts writes a table of counts, the largest first.
func counts(by map[string]int) string {
	keys := slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(by[b]-by[a], strings.Compare(a, b)) })
	var parts []string
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s %d", k, by[k]))
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}
