package gateway

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// heldBudget bounds the bytes that all sockets hold together: what is queued, what
// is being written, what a viewer who catches up still has to be shown, and large
// frames that are being read.
const heldBudget = 64 << 20

// budget is a bound over all sockets of a gateway. Where it is exceeded those who
// hold most are sent away, until an eighth of it is free.
type budget struct {
	max     int64
	sockets func() []*socket // all that there are
	held    atomic.Int64     // bytes
	metrics *metrics

	relieving sync.Mutex // one at a time looks for those who hold most
}

// over reports whether the bound is so far exceeded that nobody may wait for
// relief: who reads slowly is sent away with the next frame.
func (b *budget) over() bool { return b.held.Load() > b.max+b.max/4 }

// relieve sends the slowest away where the budget is exceeded. It must be called
// without any socket's lock.
func (b *budget) relieve() {
	if b.held.Load() <= b.max || !b.relieving.TryLock() {
		return
	}
	defer b.relieving.Unlock()
	var all []holder
	for _, s := range b.sockets() {
		if n := s.held.Load(); n > 0 {
			all = append(all, holder{s, n})
		}
	}
	for _, h := range slowest(all, b.held.Load()-b.max/8*7) {
		h.socket.tooSlow()
	}
}

// holder is a socket and how many bytes wait for it.
type holder struct {
	socket *socket
	bytes  int64
}

// slowest returns those who hold most and together at least so many bytes.
func slowest(all []holder, bytes int64) []holder {
	slices.SortFunc(all, func(a, b holder) int { return cmp.Compare(b.bytes, a.bytes) })
	for i, h := range all {
		if bytes <= 0 {
			return all[:i]
		}
		bytes -= h.bytes
	}
	return all
}

// hold counts bytes that wait for the socket; a negative number of them no longer does.
func (s *socket) hold(bytes int) {
	s.held.Add(int64(bytes))
	s.budget.held.Add(int64(bytes))
}

// takes counts the buffer of the frame that is being read, where it is more than an
// ordinary one: many who send half a large frame hold memory, too.
func (s *socket) takes(bytes int) {
	if bytes <= 4<<10 {
		return
	}
	s.hold(bytes - s.incoming)
	s.incoming = bytes
	s.budget.relieve()
}

// done says that the frame that was read is dealt with.
func (s *socket) done() {
	s.hold(-s.incoming)
	s.incoming = 0
}

// lastWrite is how long a socket that is sent away has for what it is being sent.
const lastWrite = time.Second

// tooSlow sends the client away with 1013. What waits for it is dropped; it comes
// back with since and reads it again.
func (s *socket) tooSlow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed && s.goodbye == 0 {
		_ = s.ws.NetConn().SetWriteDeadline(time.Now().Add(lastWrite))
	}
	s.leaveSlow()
}

// leaveSlow must be called with the lock held.
func (s *socket) leaveSlow() {
	s.drop()
	if !s.slow.Swap(true) {
		s.budget.metrics.sentAway()
	}
	s.leave(closeTooSlow, "reading too slowly")
}

// drop forgets what is queued; with the lock held.
func (s *socket) drop() {
	s.hold(-s.queued)
	for _, o := range s.queue {
		o.span.End(errLeft)
	}
	s.queue, s.queued = nil, 0
	s.room.Broadcast()
}
