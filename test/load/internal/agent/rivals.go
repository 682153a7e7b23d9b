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
	mu      sync.Mutex // guards what follows
	meeting map[string]chan struct{}
}

// NewRivals returns one to be shared by all agents.
func NewRivals() *Rivals { return &Rivals{meeting: map[string]chan struct{}{}} }

// patience is how long an agent waits for a rival.
const patience = 150 * time.Millisecond

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
	t := time.NewTimer(patience)
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
