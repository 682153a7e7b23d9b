package conn

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultBudget bounds the bytes that all sockets hold together: queued frames,
// frames being written, what a client that catches up is still to be shown, and
// large frames being read.
const DefaultBudget = 64 << 20

// Metrics are called for what happens to sockets; quickly, and concurrently.
type Metrics struct {
	Written func(frames int) // frames were written
	TooSlow func()           // a client was disconnected because it reads too slowly
}

// Budget is a bound on the bytes of all sockets of a gateway. When it is exceeded
// the sockets that hold most are closed, until an eighth of it is free.
type Budget struct {
	max     int64
	sockets func() []*Socket
	metrics Metrics
	held    atomic.Int64 // bytes

	relieving sync.Mutex // one goroutine at a time closes the largest holders
}

// NewBudget returns a budget of bytes over the sockets, which it asks for when the
// budget is exceeded. Each field of m may be nil.
func NewBudget(bytes int64, sockets func() []*Socket, m Metrics) *Budget {
	if m.Written == nil {
		m.Written = func(int) {}
	}
	if m.TooSlow == nil {
		m.TooSlow = func() {}
	}
	return &Budget{max: bytes, sockets: sockets, metrics: m}
}

// Held returns how many bytes are held now.
func (b *Budget) Held() int64 { return b.held.Load() }

// over reports whether the bound is exceeded by so much that nothing may wait for
// relief: a slow reader is closed with its next frame.
func (b *Budget) over() bool { return b.held.Load() > b.max+b.max/4 }

// relieve closes the slowest readers if the budget is exceeded. It must be called
// without any socket's lock.
func (b *Budget) relieve() {
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
	for _, h := range largest(all, b.held.Load()-b.max/8*7) {
		h.socket.tooSlow()
	}
}

// holder is a socket and how many bytes are held for it.
type holder struct {
	socket *Socket
	bytes  int64
}

// largest returns the holders that hold most, and together at least so many bytes.
func largest(all []holder, bytes int64) []holder {
	slices.SortFunc(all, func(a, b holder) int { return cmp.Compare(b.bytes, a.bytes) })
	for i, h := range all {
		if bytes <= 0 {
			return all[:i]
		}
		bytes -= h.bytes
	}
	return all
}

// hold counts bytes as held for the socket; a negative number gives them back.
func (s *Socket) hold(bytes int) {
	s.held.Add(int64(bytes))
	s.budget.held.Add(int64(bytes))
}

// HoldWhile holds bytes until release is called, and relieves the budget.
func (s *Socket) HoldWhile(bytes int) (release func()) {
	s.hold(bytes)
	s.budget.relieve()
	return func() { s.hold(-bytes) }
}

// Held returns how many bytes are held for the socket.
func (s *Socket) Held() int64 { return s.held.Load() }

// receives counts the buffer of the frame being read, if it is larger than an
// ordinary one: many clients that send half a large frame hold memory too.
func (s *Socket) receives(bytes int) {
	if bytes <= 4<<10 {
		return
	}
	s.hold(bytes - s.incoming)
	s.incoming = bytes
	s.budget.relieve()
}

// Done says that the frame last read is dealt with. It belongs to the reader.
func (s *Socket) Done() {
	s.hold(-s.incoming)
	s.incoming = 0
}

// lastWrite is how long the write in progress may take once a slow reader is
// closed.
const lastWrite = time.Second

// tooSlow closes the socket with TooSlow. Queued frames are dropped; the client
// comes back with since and reads them again.
func (s *Socket) tooSlow() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended() {
		_ = s.ws.NetConn().SetWriteDeadline(time.Now().Add(lastWrite))
	}
	s.leaveSlow()
}

// leaveSlow must be called with the lock held.
func (s *Socket) leaveSlow() {
	s.drop()
	if !s.slow.Swap(true) {
		s.budget.metrics.TooSlow()
	}
	s.leave(TooSlow)
}

// drop forgets the queue; with the lock held.
func (s *Socket) drop() {
	s.hold(-s.queued)
	for _, o := range s.queue {
		o.span.End(ErrLeft)
	}
	s.queue, s.queued = nil, 0
	s.room.Broadcast()
}
