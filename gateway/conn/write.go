package conn

import (
	"encoding/binary"
	"errors"
	"runtime"
	"time"

	"github.com/gorilla/websocket"
)

// maxWrite bounds the bytes of frames that share one write. A client that reads too slowly
// is told so once the write in progress is done, so that must not be all that is queued.
const maxWrite = 16 << 10

// maxSpare is how many frames long an empty queue may stay, for those to come.
const maxSpare = 2

// AnswerDue says whether a frame of the client's is about to be answered: what else goes to
// the client meanwhile may share a write with the answer.
func (s *Socket) AnswerDue(due bool) { s.answerDue.Store(due) }

// batch is what a writer has taken off a socket's queue and not written yet.
type batch struct {
	frames []outgoing
	framed int    // how many of the first frames are in bytes, as the client gets them
	sent   int    // how many of bytes are written
	bytes  []byte // a buffer otherwise

	attempt *attempt // the writer's
}

// write writes what is queued, as far as the client takes it: it never waits for one. The
// writers call it, of whom a socket has one at a time; b is the writer's, and empty.
//
// The library frames a message in a write of its own; here frames that are queued together
// share one, since a system call costs more than all else that a frame needs.
func (s *Socket) write(b *batch) {
	s.letAnswersCome()
	if !s.take(b) {
		return
	}
	if !s.writeAll(b, false) {
		rest := *b
		*b = batch{attempt: b.attempt}
		go s.writePatiently(rest)
		return
	}
	if s.hasMore() {
		sharedWriters.write(s) // behind the others: no client's frames hold up another's
	}
}

// letAnswersCome lets whatever else is ready to run come first while an answer is due: an
// acknowledgment and the event that it is about are a few microseconds apart. With nothing
// else to do it returns at once.
func (s *Socket) letAnswersCome() {
	if s.answerDue.Load() {
		runtime.Gosched()
	}
}

// writePatiently is write for a client that is slower than its frames come, and where
// nothing tells whether a write would wait: it waits. b is what was begun.
func (s *Socket) writePatiently(b batch) {
	s.letAnswersCome()
	for more := true; more; more = s.take(&b) {
		s.writeAll(&b, true)
	}
}

// moveDeadline moves the deadline of writing if it has come close, unless the socket ends:
// that has a deadline of its own, see tooSlow.
func (s *Socket) moveDeadline(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended() && s.writeBy.Sub(now) < writeTime {
		s.writeBy = now.Add(writeTime + spareTime)
		_ = s.ws.NetConn().SetWriteDeadline(s.writeBy)
	}
}

// hasMore reports whether something is queued. Otherwise the socket has no writer anymore,
// and ends if it should.
func (s *Socket) hasMore() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goesOn()
}

// goesOn is hasMore with the lock held.
func (s *Socket) goesOn() bool {
	if len(s.queue) > 0 && !s.closed {
		return true
	}
	s.writing = false
	if !s.ended() && s.raw != nil && !s.writeBy.IsZero() { // or a write that does not wait would fail later
		s.writeBy = time.Time{}
		_ = s.ws.NetConn().SetWriteDeadline(s.writeBy)
	}
	if s.ending.Code != 0 && !s.closed {
		go s.end(s.ending)
	}
	return false
}

// take takes what is queued, if that is anything: see hasMore.
func (s *Socket) take(b *batch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.goesOn() {
		return false
	}
	b.frames = append(b.frames[:0], s.queue...)
	s.queued = 0
	if clear(s.queue); cap(s.queue) <= maxSpare {
		s.queue = s.queue[:0]
	} else {
		s.queue = nil
	}
	s.room.Broadcast()
	return true
}

// lingerTime is how long a connection that is closed goes on reading.
const lingerTime = 2 * time.Second

// end says why the connection ends, after all that was queued.
//
// A connection that is closed while something of the client's is unread is reset, and what
// the client has not received by then is lost: the reason, too. So only the server's side is
// closed at first. The reader goes on until the client closes its own, see RFC 6455, 7.1.1.
func (s *Socket) end(why Ending) {
	_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(why.Code, why.Reason), time.Now().Add(writeTime))
	if s.closeWrite() {
		time.AfterFunc(lingerTime, s.Abort)
	} else {
		s.Abort()
	}
}

// closeWrite closes the server's side of the connection, if it has two.
func (s *Socket) closeWrite() bool {
	c, ok := s.ws.NetConn().(interface{ CloseWrite() error })
	return ok && c.CloseWrite() == nil
}

// errWouldWait is what a write returns that took only a part, since the client takes no more.
var errWouldWait = errors.New("the client takes no more now")

// writeAll writes frames in order until a write fails, which ends the socket. It returns
// false if a write would wait, and it is not to: then b is what remains.
func (s *Socket) writeAll(b *batch, patiently bool) (whole bool) {
	written, done := 0, 0
	var failed error
	for done < len(b.frames) {
		if b.framed == 0 {
			b.frame(together(b.frames[done:]), done)
		}
		err := failed
		switch {
		case failed != nil:
		case s.slow.Load() && b.sent == 0:
			err = errTooSlow // the client reads the rest when it comes back
		default:
			var n int
			if patiently {
				s.moveDeadline(time.Now())
				n, err = s.ws.NetConn().Write(b.bytes[b.sent:])
			} else {
				n, err = b.attempt.write(s.raw, b.bytes[b.sent:])
			}
			b.sent += n
			if errors.Is(err, errWouldWait) {
				b.frames = b.frames[done:]
				s.budget.metrics.Written(written)
				return false
			}
			failed = err
		}
		for i := range b.framed {
			o := &b.frames[done+i]
			if err == nil && o.op == 0 {
				written++
			}
			o.span.End(err)
			s.hold(-len(o.frame))
			*o = outgoing{}
		}
		done += b.framed
		b.framed, b.sent = 0, 0
	}
	b.frames = b.frames[:0]
	if b.bytes = b.bytes[:0]; cap(b.bytes) > 2*maxWrite {
		b.bytes = nil
	}
	s.budget.metrics.Written(written)
	if failed != nil {
		s.Abort()
	}
	return true
}

// frame puts n frames, from the given one on, into bytes.
func (b *batch) frame(n, from int) {
	b.bytes, b.sent, b.framed = b.bytes[:0], 0, n
	for _, o := range b.frames[from : from+n] {
		b.bytes = appendFrame(b.bytes, o)
	}
}

// together returns how many of the first frames share one write.
func together(batch []outgoing) int {
	bytes := 0
	for i, o := range batch {
		if bytes += len(o.frame); bytes > maxWrite {
			return max(1, i)
		}
	}
	return len(batch)
}

// appendFrame appends the frame as RFC 6455 has it from a server: whole, and not masked.
func appendFrame(b []byte, o outgoing) []byte {
	const final = 1 << 7
	op := o.op
	if op == 0 {
		op = websocket.TextMessage
	}
	b = append(b, final|op)
	switch n := len(o.frame); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	return append(b, o.frame...)
}
