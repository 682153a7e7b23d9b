package network

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	pieceSize = 32 << 10 // the most that is read at once
	mostHeld  = 64       // pieces in each direction
)

// joint is one connection through a line: two sockets and what is on the way.
type joint struct {
	line   *Line
	client *net.TCPConn
	ended  chan struct{} // closed when both sockets are

	mu     sync.Mutex // guards what follows
	server *net.TCPConn
	over   bool
}

// piece is what was read at one time.
type piece struct {
	data []byte
	at   time.Time
}

// attach adds the socket to the target; false if the joint has ended.
func (j *joint) attach(server *net.TCPConn) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return false
	}
	j.server = server
	return true
}

// reset ends both connections at once, with an error on the other sides.
func (j *joint) reset() { j.end(true) }

// finish ends both connections after what was written to them has arrived.
func (j *joint) finish() { j.end(false) }

func (j *joint) end(atOnce bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.over {
		return
	}
	j.over = true
	close(j.ended)
	for _, c := range []*net.TCPConn{j.client, j.server} {
		if c != nil {
			if atOnce {
				_ = c.SetLinger(0)
			}
			_ = c.Close()
		}
	}
}

// interrupt makes a write in progress return with what it has not written.
func (j *joint) interrupt() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, c := range []*net.TCPConn{j.client, j.server} {
		if c != nil {
			_ = c.SetWriteDeadline(time.Unix(1, 0))
		}
	}
}

// carry takes everything from one side to the other and returns when that is
// done or the joint has ended.
func (j *joint) carry(from, to *net.TCPConn) {
	held := make(chan piece, mostHeld)
	var reader sync.WaitGroup
	defer reader.Wait()
	broken := false // read after held is closed
	reader.Go(func() {
		defer close(held)
		broken = !j.read(from, held)
	})
	for p := range held {
		if !j.deliver(p, to) {
			j.reset() // ends the reader too
			return
		}
	}
	if !j.deliver(piece{at: time.Now()}, to) || broken {
		j.reset()
		return
	}
	_ = to.CloseWrite()
}

// read reads until the side has ended, which it returns, or something breaks.
func (j *joint) read(from *net.TCPConn, held chan<- piece) (whole bool) {
	buf := make([]byte, pieceSize)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			select {
			case held <- piece{data: append([]byte(nil), buf[:n]...), at: time.Now().Add(j.line.lost())}:
				j.line.crossed.Add(int64(n))
			case <-j.ended:
				return false
			}
		}
		if err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// deliver writes the piece when the line lets it through; false if it can't be.
func (j *joint) deliver(p piece, to *net.TCPConn) bool {
	for {
		if !j.due(p.at, to) {
			return false
		}
		if len(p.data) == 0 {
			return true
		}
		n, err := to.Write(p.data)
		p.data = p.data[n:]
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			return false
		}
		if len(p.data) == 0 {
			return true
		}
	}
}

// due waits until the line lets through what was read at that time; false if the joint
// has ended.
func (j *joint) due(at time.Time, to *net.TCPConn) bool {
	for {
		wait, changed := j.line.admit(at, to)
		if wait == 0 {
			return true
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-changed:
		case <-j.ended:
			timer.Stop()
			return false
		}
		timer.Stop()
	}
}

// never is longer than a run.
const never = 24 * time.Hour

// admit returns how long data that was read at that time still has to wait. Once that
// is zero a write may begin; it is interrupted if the line is frozen later.
func (l *Line) admit(at time.Time, to *net.TCPConn) (wait time.Duration, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch wait = max(0, time.Until(at.Add(l.far.delay+l.state.delay))); {
	case l.state.frozen:
		wait = never
	case wait == 0:
		_ = to.SetWriteDeadline(time.Time{})
	}
	return wait, l.changed
}
