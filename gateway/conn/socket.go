// Package conn is one WebSocket: reading frames, a bounded queue of frames to be
// written, a budget of bytes over all sockets, and why a connection ends. It is the
// only importer of the WebSocket library.
package conn

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/telemetry"
)

// MaxFrame is how many bytes a client's frame may have; a larger one ends the
// connection.
const MaxFrame = 64 << 10

const (
	writeTime    = 10 * time.Second // for one write, at least
	spareTime    = 5 * time.Second  // how much later a deadline may be, so that few are set
	pingEvery    = 25 * time.Second
	readTime     = 60 * time.Second // without a frame or a pong
	maxQueued    = 512              // queued frames of one socket
	maxQueuedLen = 2 << 20          // their bytes
)

var (
	// ErrFrameTooBig is what Read returns for a frame of more than MaxFrame bytes.
	ErrFrameTooBig = errors.New("the frame is too big")
	// ErrLeft ends work for a client that is gone.
	ErrLeft = fmt.Errorf("the client has left: %w", context.Canceled)
	// errTooSlow is why a frame was not written to a client that reads too slowly.
	errTooSlow = errors.New("the client reads too slowly")
)

// Socket is one WebSocket. It has one reader at a time, of the session, and one writer at
// a time, of those that all sockets share, while there is something to write: so an idle
// socket costs one goroutine, which waits. All methods but those of the reader (Await, Resume, More, Read,
// Done, Rest) may be called concurrently.
type Socket struct {
	ws        *websocket.Conn
	raw       syscall.RawConn // to wait for what comes; nil: not possible
	readable  readiness       // the reader's own
	in        *bufio.Reader   // what ws reads from; empty between Rest and Resume
	buffer    *bufio.Reader   // whose buffer in has; the reader's own
	ping      *time.Timer
	budget    *Budget
	held      atomic.Int64              // bytes of the budget
	answerDue atomic.Bool               // see AnswerDue
	slow      atomic.Bool               // closed for reading too slowly: nothing more is written
	incoming  int                       // bytes of the budget for the frame being read; the reader's own
	control   func() (answer, end bool) // see Meter; the reader's own
	pinged    atomic.Bool               // a ping was sent and is not answered yet
	readBy    time.Time                 // the deadline of reading; the reader's own

	mu      sync.Mutex // guards the fields below
	room    sync.Cond  // signaled when the queue got shorter or the socket closed
	queue   []outgoing
	queued  int // bytes in queue
	writing bool
	writeBy time.Time // the deadline of a write that waits; zero: there is none
	closed  bool
	// ending, once set, is sent after the queue is written.
	ending Ending
}

func newSocket(ws *websocket.Conn, in *bufio.Reader, opts Options) *Socket {
	s := &Socket{ws: ws, raw: rawConn(ws.NetConn()), in: in, budget: opts.Budget}
	s.room.L = &s.mu
	ws.SetReadLimit(MaxFrame)
	s.heard()
	ws.SetPingHandler(s.answerPing)
	ws.SetPongHandler(func(string) error { s.gotPong(); return nil })
	s.ping = time.AfterFunc(pingEvery, s.sendPing)
	return s
}

// Meter has control asked, by the reader, about each control frame that the client sends
// unasked: a ping, or a pong that answers none. It says whether a ping is answered, and
// whether the connection ends with Refused. It must be set before the first Read; without
// it every ping is answered.
func (s *Socket) Meter(control func() (answer, end bool)) { s.control = control }

// mayControl asks about a control frame that the client sent unasked.
func (s *Socket) mayControl() (answer bool) {
	if s.control == nil {
		return true
	}
	if s.Leaving() {
		return false
	}
	answer, end := s.control()
	if end {
		s.Close(Refused)
	}
	return answer && !end
}

// answerPing answers a client's ping, unless there are too many, or so much is queued that
// the answer would come late.
func (s *Socket) answerPing(data string) error {
	if !s.mayControl() {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended() && len(s.queue) < maxQueued/2 {
		s.push(outgoing{frame: []byte(data), op: websocket.PongMessage})
	}
	return nil
}

// gotPong belongs to the reader.
func (s *Socket) gotPong() {
	if !s.pinged.Swap(false) {
		s.mayControl()
	}
	s.heard()
}

func (s *Socket) sendPing() {
	s.pinged.Store(true)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended() {
		s.push(outgoing{op: websocket.PingMessage})
		s.ping.Reset(pingEvery)
	}
}

// heard moves the deadline of reading: the client is there.
func (s *Socket) heard() {
	if now := time.Now(); s.readBy.Sub(now) < readTime {
		s.readBy = now.Add(readTime + spareTime)
		_ = s.ws.SetReadDeadline(s.readBy)
	}
}

// Read returns the next text frame, or nil for a binary one. The buffer is used
// for it if it fits. A caller that uses Await reads only between Resume and Rest.
func (s *Socket) Read(buf []byte) ([]byte, error) {
	s.Done()
	kind, r, err := s.ws.NextReader()
	if err != nil {
		return nil, s.tooBig(err)
	}
	s.heard()
	if buf = buf[:0]; cap(buf) == 0 {
		buf = make([]byte, 0, 512)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
			s.receives(cap(buf))
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, s.tooBig(err)
		}
	}
	if kind != websocket.TextMessage {
		return nil, nil
	}
	return buf, nil
}

// tooBig returns why reading failed. If that is a frame of too many bytes the library has told
// the client so, which must reach it, see end.
func (s *Socket) tooBig(err error) error {
	if !errors.Is(err, websocket.ErrReadLimit) {
		return err
	}
	if s.closeWrite() {
		_ = s.ws.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.Copy(io.Discard, s.ws.NetConn())
	}
	return ErrFrameTooBig
}

// outgoing is a queued frame, and the span that ends with it.
type outgoing struct {
	frame []byte
	span  telemetry.Span
	op    byte // websocket.PingMessage or PongMessage; 0 for a text frame
}

// Send queues a frame and never blocks. When the queue is full the client reads
// too slowly: the socket is closed with TooSlow and the client comes back.
func (s *Socket) Send(frame []byte) { s.SendWithin(frame, telemetry.Span{}) }

// SendWithin is Send within a span, which ends when the frame was written, or never
// will be.
func (s *Socket) SendWithin(frame []byte, span telemetry.Span) {
	s.mu.Lock()
	if s.ended() {
		s.mu.Unlock()
		span.End(ErrLeft)
		return
	}
	waits := len(s.queue) > 0
	if len(s.queue) >= maxQueued || waits && s.queued+len(frame) > maxQueuedLen || waits && s.budget.over() {
		s.leaveSlow()
		s.mu.Unlock()
		span.End(errTooSlow)
		return
	}
	s.push(outgoing{frame: frame, span: span})
	s.mu.Unlock()
	s.budget.relieve()
}

// SendPatiently queues a frame once the queue is less than half full. It blocks
// until then, or until the socket closes: for the reader's goroutine, which may
// wait while a client catches up.
func (s *Socket) SendPatiently(frame []byte) {
	s.mu.Lock()
	for !s.ended() && (len(s.queue) >= maxQueued/2 || len(s.queue) > 0 && s.queued+len(frame) > maxQueuedLen/2) {
		s.room.Wait()
	}
	if !s.ended() {
		s.push(outgoing{frame: frame})
	}
	s.mu.Unlock()
	s.budget.relieve()
}

// ended must be called with the lock held.
func (s *Socket) ended() bool { return s.closed || s.ending.Code != 0 }

// push must be called with the lock held.
func (s *Socket) push(o outgoing) {
	s.queue = append(s.queue, o)
	s.queued += len(o.frame)
	s.hold(len(o.frame))
	s.wake()
}

// wake starts the writer if none runs; with the lock held.
func (s *Socket) wake() {
	if !s.writing {
		s.writing = true
		if s.raw != nil {
			sharedWriters.write(s)
		} else {
			go s.writePatiently(batch{})
		}
	}
}

// Close writes the queued frames, says why the connection ends, and ends it. It
// does not wait for that. The first ending counts.
func (s *Socket) Close(why Ending) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(why)
}

// leave must be called with the lock held.
func (s *Socket) leave(why Ending) {
	if s.ended() {
		return
	}
	s.ending = why
	s.wake()
}

// Leaving reports whether the connection has ended or is about to.
func (s *Socket) Leaving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended()
}

// Abort ends the connection at once. The reader then gets an error.
func (s *Socket) Abort() {
	s.mu.Lock()
	s.closed = true
	s.drop()
	s.mu.Unlock()
	s.ping.Stop()
	_ = s.ws.Close()
}
