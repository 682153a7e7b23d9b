package escalation

import (
	"context"
	"sync"
)

// turns has one chat at a time given to an agent by this replica. Otherwise somebody who takes
// many chats at once, most of which others get, would have all places reserved for a moment, and be
// refused the chats that nobody else takes. It may be used concurrently; the zero value is ready.
type turns struct {
	mu sync.Mutex // guards of
	of map[string]*turn
}

type turn struct {
	taken chan struct{} // holds a token while somebody has the turn
	users int           // who has it or waits for it; guarded by turns.mu
}

// take waits for the agent's turn, or until the context ends. end gives it to the next.
func (t *turns) take(ctx context.Context, user string) (end func(), err error) {
	t.mu.Lock()
	if t.of == nil {
		t.of = map[string]*turn{}
	}
	one := t.of[user]
	if one == nil {
		one = &turn{taken: make(chan struct{}, 1)}
		t.of[user] = one
	}
	one.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(t.of, user)
		}
	}
	select {
	case one.taken <- struct{}{}:
		return func() { <-one.taken; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
