package conn

import (
	"encoding/binary"
	"runtime"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxWrite bounds the bytes of frames that share one write. A client that reads too slowly
// is told so once the write in progress is done, so that must not be all that is queued.
const maxWrite = 16 << 10

// writes are shared by all sockets: one is needed only while something is being written.
var writes = sync.Pool{New: func() any { b := make([]byte, 0, 2<<10); return &b }}

// AnswerDue says whether a frame of the client's is about to be answered: what else goes to
// the client meanwhile may share a write with the answer.
func (s *Socket) AnswerDue(due bool) { s.answerDue.Store(due) }

// write is the socket's one writer. It returns when nothing is queued.
//
// The library frames a message in a write of its own; here frames that are queued together
// share one, since a system call costs more than all else that a frame needs.
func (s *Socket) write() {
	if s.answerDue.Load() {
		// Whatever else is ready to run comes first: an acknowledgment and the event that it
		// is about are a few microseconds apart. With nothing else to do this returns at once.
		runtime.Gosched()
	}
	for {
		s.mu.Lock()
		batch := s.queue
		s.queue, s.queued = nil, 0
		if len(batch) == 0 || s.closed {
			ending := s.ending
			s.writing = false
			closed := s.closed
			s.mu.Unlock()
			if ending.Code != 0 && !closed {
				_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(ending.Code, ending.Reason), time.Now().Add(writeTime))
				s.Abort()
			}
			return
		}
		s.room.Broadcast()
		s.mu.Unlock()
		if s.writeAll(batch) != nil {
			s.Abort()
		}
	}
}

// writeAll writes frames in order until a write fails.
func (s *Socket) writeAll(batch []outgoing) (failed error) {
	buf := writes.Get().(*[]byte)
	written := 0
	for len(batch) > 0 {
		n := together(batch)
		err := failed
		switch {
		case failed != nil:
		case s.slow.Load():
			err = errTooSlow // the client reads the rest when it comes back
		default:
			failed = s.writeOnce(buf, batch[:n])
			err = failed
		}
		for i, o := range batch[:n] {
			if err == nil && o.op == 0 {
				written++
			}
			o.span.End(err)
			s.hold(-len(o.frame))
			batch[i] = outgoing{}
		}
		batch = batch[n:]
	}
	if cap(*buf) <= 2*maxWrite {
		writes.Put(buf)
	}
	s.budget.metrics.Written(written)
	return failed
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

// writeOnce writes frames in one write.
func (s *Socket) writeOnce(buf *[]byte, frames []outgoing) error {
	b := (*buf)[:0]
	for _, o := range frames {
		b = appendFrame(b, o)
	}
	*buf = b
	if now := time.Now(); s.writeBy.Sub(now) < writeTime {
		s.writeBy = now.Add(writeTime + spareTime)
		_ = s.ws.NetConn().SetWriteDeadline(s.writeBy)
	}
	_, err := s.ws.NetConn().Write(b)
	return err
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
