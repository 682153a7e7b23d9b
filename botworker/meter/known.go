package meter

import (
	"sync"

	"github.com/parley-chat/parley/pkg/bus"
)

// known is what a replica remembers of a day, so that those who have nothing left cost not
// even a question to the counters, which never go back that far. The zero value is ready.
// Its methods may be called concurrently.
type known struct {
	mu     sync.Mutex // guards what follows
	day    string
	filled map[bus.Spender]bool
	marked map[bus.Spender]bool
}

// maxKnown bounds each list. A list that is full is forgotten: then a spender costs a
// question to the counters, or a second mark, once more.
const maxKnown = 100_000

// full reports whether the spender has nothing left on that day.
func (k *known) full(day string, s bus.Spender) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.day == day && k.filled[s]
}

// fill notes that the spender has nothing left on that day.
func (k *known) fill(day string, s bus.Spender) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn(day)
	k.filled = add(k.filled, s)
}

// mark reports whether the spender is marked for the first time on that day.
func (k *known) mark(day string, s bus.Spender) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn(day)
	if k.marked[s] {
		return false
	}
	k.marked = add(k.marked, s)
	return true
}

// turn forgets everything when a day begins; with the lock held.
func (k *known) turn(day string) {
	if k.day != day {
		k.day, k.filled, k.marked = day, nil, nil
	}
}

func add(list map[bus.Spender]bool, s bus.Spender) map[bus.Spender]bool {
	if list == nil || len(list) >= maxKnown {
		list = map[bus.Spender]bool{}
	}
	list[s] = true
	return list
}
