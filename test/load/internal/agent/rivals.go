package agent

import (
	"context"
	"hash/fnv"
	"sync"
	"time"
)

// Rivals has agents who want the same chat go for it at the same instant. It may
// be used concurrently.
type Rivals struct {
	patience time.Duration // how long an agent waits for a rival

	mu      sync.Mutex // guards what follows
	meeting map[string]chan struct{}
}

// Patience is how long agents usually wait for a rival: a chat must not wait long for them.
const Patience = 500 * time.Millisecond

// NewRivals returns one to be shared by all agents, who wait that long for a rival.
func NewRivals(patience time.Duration) *Rivals {
	return &Rivals{patience: patience, meeting: map[string]chan struct{}{}}
}

// Contested reports whether a chat is one that agents meet for: two of three are.
func (*Rivals) Contested(chat string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(chat))
	return h.Sum32()%3 != 0
}

// Meet waits until a second agent comes for the chat, a short time at most, and
// reports whether one came.
func (r *Rivals) Meet(ctx context.Context, chat string) bool {
	r.mu.Lock()
	other, waits := r.meeting[chat]
	if waits {
		delete(r.meeting, chat)
		close(other)
		r.mu.Unlock()
		return true
	}
	mine := make(chan struct{})
	r.meeting[chat] = mine
	r.mu.Unlock()
	t := time.NewTimer(r.patience)
	defer t.Stop()
	select {
	case <-mine:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.meeting[chat] == mine {
		delete(r.meeting, chat)
		return false
	}
	return true
}
