package conn

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"syscall"

	"github.com/gorilla/websocket"
)

// Most connections are silent most of the time, so what one holds while nothing comes is
// what a gateway's memory is made of. The goroutine that waits holds no buffer, and calls
// next to nothing, so that the smallest stack does; whatever comes is dealt with by
// another goroutine, see Workers. A frame's handlers need ten times the stack, which a
// goroutine that once had it never gives back.

// readBufferSize is how much is read at once.
const readBufferSize = 4 << 10

// readers are shared by all sockets: one is needed only while something is being read.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, readBufferSize) }}

// Await returns once there is something to read, or reading would fail: the next Read says
// why. Then Resume must be called before anything is read.
func (s *Socket) Await() {
	if s.raw != nil {
		_ = s.readable.await(s.raw)
	}
}

// Resume takes a buffer and reads what has come. It blocks only if nothing has.
func (s *Socket) Resume() error {
	s.buffer = readers.Get().(*bufio.Reader)
	s.buffer.Reset(s.ws.NetConn())
	*s.in = *s.buffer
	_, err := s.in.Peek(1)
	return err
}

// More reports whether some of a frame has come that Read returns, or will once the rest is
// here. It deals with pongs, which are all that most connections ever send, and with pings,
// which many programs send by themselves: Read would wait for the next message after one.
func (s *Socket) More() bool {
	for {
		come, err := s.in.Peek(s.in.Buffered())
		if err != nil || len(come) == 0 {
			return false
		}
		op, data, n := control(come)
		switch op {
		case websocket.PongMessage:
			s.gotPong()
		case websocket.PingMessage:
			_ = s.answerPing(data)
		default:
			return true
		}
		_, _ = s.in.Discard(n)
	}
}

// Rest gives the buffer back, if all that came was read, and says that the frame last read
// is dealt with.
func (s *Socket) Rest() {
	s.Done()
	if s.in.Buffered() > 0 {
		return // a reader that gave up; the connection ends
	}
	*s.in = bufio.Reader{}
	if s.buffer != nil {
		s.buffer.Reset(nil)
		readers.Put(s.buffer)
		s.buffer = nil
	}
}

// control reads the ping or pong that data begins with, and returns its length, too. op is 0
// if data begins with anything else, or with a part of one.
func control(data []byte) (op int, payload string, n int) {
	const final, masked, most, head = 1 << 7, 1 << 7, 125, 6
	if len(data) < head || data[1] < masked || data[1] > masked|most {
		return 0, "", 0
	}
	n = head + int(data[1]&^masked)
	if n > len(data) {
		return 0, "", 0
	}
	switch data[0] {
	case final | websocket.PongMessage: // what it says is of no use
		return websocket.PongMessage, "", n
	case final | websocket.PingMessage:
		plain := make([]byte, n-head)
		for i := range plain {
			plain[i] = data[head+i] ^ data[2+i%4]
		}
		return websocket.PingMessage, string(plain), n
	}
	return 0, "", 0
}

// reading has the library read through a buffer of ours, which can be taken away between
// frames.
type reading struct {
	http.ResponseWriter
	in *bufio.Reader
}

// Hijack implements http.Hijacker.
func (r reading) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	if err != nil || rw.Reader.Buffered() > 0 { // which the library does not accept
		return c, rw, err
	}
	r.in.Reset(c)
	return c, bufio.NewReadWriter(r.in, rw.Writer), nil
}

// rawConn returns what tells when the connection is readable, or nil if nothing does.
func rawConn(c net.Conn) syscall.RawConn {
	if sc, ok := c.(syscall.Conn); ok {
		if raw, err := sc.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}
