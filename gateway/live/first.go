package live

import (
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
)

// From has the subscriber see nothing before an event (0: everything), and returns where it begins
// then. It is called before Welcome, with what Subscribe was: what a client has of an earlier time
// is left to it.
func (v *Subscription) From(p StartPosition, first, since uint64) StartPosition {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.first = first
	if p.prev >= first {
		return p
	}
	p.events = slices.DeleteFunc(p.events, func(e chat.Event) bool { return e.Seq < first })
	if p.cut = true; since == 0 || p.prev != since {
		v.last, p.prev = 0, 0
	}
	return p
}

// First returns the first event that the subscriber may see; 0: all.
func (v *Subscription) First() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.first
}
