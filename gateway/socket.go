package gateway

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/parley-chat/parley/pkg/telemetry"
)

const (
	maxFrame     = 64 << 10         // bytes; a larger frame ends the connection
	writeTime    = 10 * time.Second // for one frame
	pingEvery    = 25 * time.Second
	readTime     = 60 * time.Second // without a frame or a pong
	maxQueued    = 512              // frames that wait for one socket
	maxQueuedLen = 2 << 20          // bytes that do
)

// Close codes that a client obeys: all mean "reconnect with since".
const (
	closeGoingAway = websocket.CloseServiceRestart // 1012
	closeTooSlow   = websocket.CloseTryAgainLater  // 1013
	// closeRefused ends a connection that goes on with what was refused.
	closeRefused = websocket.ClosePolicyViolation // 1008
	// closeSignedOut tells a console that its agent is no longer signed in.
	closeSignedOut = 4401
)

var (
	// errFrameTooBig is what read returns for a frame of more than maxFrame bytes.
	errFrameTooBig = errors.New("the frame is too big")
	// errTooSlow is why a frame was not written to who reads too slowly.
	errTooSlow = errors.New("the client reads too slowly")
)

// socket is one WebSocket. There is one reader, the session's goroutine; a
// writer goroutine lives only while there is something to write, so an idle
// socket costs one goroutine.
type socket struct {
	ws       *websocket.Conn
	ping     *time.Timer
	budget   *budget
	held     atomic.Int64 // bytes of the budget
	slow     atomic.Bool  // sent away for reading too slowly: nothing more is written
	incoming int          // bytes of the budget for the frame at hand; the reader's own
	// greeted says that the visitor said hello.
	greeted atomic.Bool
	// stays reports whether a silent socket may stay; where it is nil it may.
	stays func() bool
	// left, where it is set, is called when the socket is no longer the gateway's.
	left func()

	mu      sync.Mutex // guards what follows
	room    sync.Cond  // signalled when the queue got shorter or the socket closed
	queue   []outgoing
	queued  int // bytes in queue
	writing bool
	closed  bool
	// goodbye, once set, is sent as close code after the queue is written.
	goodbye int
	reason  string
}

func newSocket(ws *websocket.Conn, b *budget) *socket {
	s := &socket{ws: ws, budget: b}
	s.room.L = &s.mu
	ws.SetReadLimit(maxFrame)
	_ = ws.SetReadDeadline(time.Now().Add(readTime))
	ws.SetPongHandler(func(string) error {
		if s.stays != nil && !s.stays() {
			return nil // it ends with the deadline that it has
		}
		return ws.SetReadDeadline(time.Now().Add(readTime))
	})
	s.ping = time.AfterFunc(pingEvery, s.sendPing)
	return s
}

func (s *socket) sendPing() {
	if err := s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTime)); err != nil {
		s.abort()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.ping.Reset(pingEvery)
	}
}

// read returns the next text frame. The buffer is used for it if it fits.
func (s *socket) read(buf []byte) ([]byte, error) {
	s.done()
	kind, r, err := s.ws.NextReader()
	if err != nil {
		return nil, err
	}
	_ = s.ws.SetReadDeadline(time.Now().Add(readTime))
	if buf = buf[:0]; cap(buf) == 0 {
		buf = make([]byte, 0, 512)
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
			s.takes(cap(buf))
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, websocket.ErrReadLimit) {
			return nil, errFrameTooBig
		}
		if err != nil {
			return nil, err
		}
	}
	if kind != websocket.TextMessage {
		return nil, nil
	}
	return buf, nil
}

// outgoing is a frame that waits to be written, and the span that ends with it.
type outgoing struct {
	frame []byte
	span  telemetry.Span
}

// send queues a frame and never blocks. When the queue is full the peer reads
// too slowly: the socket is closed with 1013 and the client comes back.
func (s *socket) send(frame []byte) { s.sendWithin(frame, telemetry.Span{}) }

// sendWithin is send within a span, which ends when the frame is written, or never
// will be.
func (s *socket) sendWithin(frame []byte, span telemetry.Span) {
	s.mu.Lock()
	if s.closed || s.goodbye != 0 {
		s.mu.Unlock()
		span.End(errLeft)
		return
	}
	waits := len(s.queue) > 0
	if len(s.queue) >= maxQueued || waits && s.queued+len(frame) > maxQueuedLen || waits && s.budget.over() {
		s.leaveSlow()
		s.mu.Unlock()
		span.End(errTooSlow)
		return
	}
	s.push(outgoing{frame, span})
	s.mu.Unlock()
	s.budget.relieve()
}

// sendPatiently queues a frame once the queue is less than half full: for the
// reader's goroutine, which may wait while a client catches up.
func (s *socket) sendPatiently(frame []byte) {
	s.mu.Lock()
	for !s.closed && s.goodbye == 0 && (len(s.queue) >= maxQueued/2 || len(s.queue) > 0 && s.queued+len(frame) > maxQueuedLen/2) {
		s.room.Wait()
	}
	if !s.closed && s.goodbye == 0 {
		s.push(outgoing{frame: frame})
	}
	s.mu.Unlock()
	s.budget.relieve()
}

// push must be called with the lock held.
func (s *socket) push(o outgoing) {
	s.queue = append(s.queue, o)
	s.queued += len(o.frame)
	s.hold(len(o.frame))
	s.wake()
}

// wake starts the writer where none runs; with the lock held.
func (s *socket) wake() {
	if !s.writing {
		s.writing = true
		go s.write()
	}
}

// close says goodbye after what is queued, and then ends the connection.
func (s *socket) close(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(code, reason)
}

// leave must be called with the lock held.
func (s *socket) leave(code int, reason string) {
	if s.closed || s.goodbye != 0 {
		return
	}
	s.goodbye, s.reason = code, reason
	s.wake()
}

// write is the socket's one writer. It ends when nothing is queued.
func (s *socket) write() {
	for {
		s.mu.Lock()
		batch := s.queue
		s.queue, s.queued = nil, 0
		s.room.Broadcast()
		if len(batch) == 0 || s.closed {
			goodbye, reason := s.goodbye, s.reason
			s.writing = false
			closed := s.closed
			s.mu.Unlock()
			if goodbye != 0 && !closed {
				_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(goodbye, reason), time.Now().Add(writeTime))
				s.abort()
			}
			return
		}
		s.mu.Unlock()
		_ = s.ws.SetWriteDeadline(time.Now().Add(writeTime))
		if s.writeAll(batch) != nil {
			s.abort()
		}
	}
}

// writeAll writes frames, in order, until one can't be written.
func (s *socket) writeAll(batch []outgoing) error {
	var failed error
	written := 0
	for i, o := range batch {
		err := failed
		switch {
		case failed != nil:
		case s.slow.Load():
			err = errTooSlow // it reads the rest when it comes back
		default:
			if failed = s.ws.WriteMessage(websocket.TextMessage, o.frame); failed == nil {
				written++
			}
			err = failed
		}
		o.span.End(err)
		batch[i] = outgoing{}
		s.hold(-len(o.frame))
	}
	s.budget.metrics.wrote(written)
	return failed
}

// leaving reports whether the connection has ended or is about to.
func (s *socket) leaving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed || s.goodbye != 0
}

// abort ends the connection at once. The reader then gets an error.
func (s *socket) abort() {
	s.mu.Lock()
	s.closed = true
	s.drop()
	s.mu.Unlock()
	s.ping.Stop()
	_ = s.ws.Close()
}
