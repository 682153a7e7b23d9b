package embedded

import (
	"fmt"
	"sync"
)

// FullError means that nothing more can be accepted, because there is no space to store
// it.
type FullError struct {
	Free, Reserve uint64 // bytes
	// Hurt is set if a write has failed already: the server is restarted once there is
	// space.
	Hurt bool
}

// Error says it to operators, within a sentence.
func (e *FullError) Error() string {
	if e.Hurt {
		return fmt.Sprintf("a write failed, and the disk of DATA_DIR has %d MB left", e.Free/1e6)
	}
	return fmt.Sprintf("the disk of DATA_DIR has %d MB left, and DISK_RESERVE is %d MB", e.Free/1e6, e.Reserve/1e6)
}

// ForStrangers says it to whoever asks whether the process is ready.
func (e *FullError) ForStrangers() string {
	return "There is no room to store messages at the moment. It is tried again by itself."
}

// room is the state of the file system. Its methods may be called concurrently.
type room struct {
	reserve uint64

	mu   sync.Mutex // guards what follows
	full *FullError // nil if there is space
}

func newRoom(reserve uint64) *room { return &room{reserve: reserve} }

// err returns why nothing can be accepted, or nil.
func (r *room) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.full == nil {
		return nil
	}
	return r.full
}

// looked records the result of a check, and reports whether it changed the answer.
func (r *room) looked(free uint64, hurt bool) (changed, isFull bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.full != nil
	isFull = hurt || scarce(free, r.reserve, was)
	r.full = nil
	if isFull {
		r.full = &FullError{Free: free, Reserve: r.reserve, Hurt: hurt}
	}
	return was != isFull, isFull
}

// scarce reports whether the free bytes are too few. Once they are, it takes a quarter
// more to end that, so that the answer does not change with every message.
func scarce(free, reserve uint64, was bool) bool {
	if was {
		return free < reserve+reserve/4
	}
	return free < reserve
}
