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

// tally counts what happened to the flood.
type tally struct {
	mu       sync.Mutex     // guards refusals
	refusals map[string]int // by code, and how a connection ended

	sent, acked, answered, connected atomic.Int64 // ever
	open                             atomic.Int64 // sockets
}

func newTally() *tally { return &tally{refusals: map[string]int{}} }

func (t *tally) refused(code string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refusals[code]++
}

// taken is what happened since the last look.
type taken struct {
	replies  []time.Duration
	refusals map[string]int
}

// take returns the refusals since it was last called.
func (t *tally) take() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	got := t.refusals
	t.refusals = map[string]int{}
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
