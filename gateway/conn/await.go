package conn

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"syscall"
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
		_ = awaitReadable(s.raw)
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
// here. It deals with pongs, which are all that most connections ever send.
func (s *Socket) More() bool {
	for {
		come, err := s.in.Peek(s.in.Buffered())
		if err != nil || len(come) == 0 {
			return false
		}
		n := pong(come)
		if n == 0 {
			return true
		}
		_, _ = s.in.Discard(n)
		s.gotPong()
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

// pong returns the length of the whole pong that data begins with; 0 if it begins with
// anything else.
func pong(data []byte) int {
	const final, masked, most = 1 << 7, 1 << 7, 125
	if len(data) < 6 || data[0] != final|10 || data[1] < masked || data[1] > masked|most {
		return 0
	}
	if n := 6 + int(data[1]&^masked); n <= len(data) {
		return n
	}
	return 0
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
