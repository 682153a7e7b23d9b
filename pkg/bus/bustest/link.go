package bustest

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// Link is the way to a server in another region: it takes time, and can be cut. It implements
// nats.InProcessConnProvider, and ends with the test.
type Link struct {
	to    nats.InProcessConnProvider
	delay time.Duration
	bytes atomic.Int64

	mu     sync.Mutex // guards what follows
	state  state
	passes *sync.Cond // when the state changes
	pipes  map[net.Conn]bool
}

type state int

const (
	open   state = iota
	silent       // nothing passes, and nothing is closed
	broken       // connections have ended, and none is made
)

// NewLink returns a link to a server on which every byte takes that time each way.
func NewLink(t testing.TB, to nats.InProcessConnProvider, delay time.Duration) *Link {
	l := &Link{to: to, delay: delay, pipes: map[net.Conn]bool{}}
	l.passes = sync.NewCond(&l.mu)
	t.Cleanup(l.Break)
	return l
}

// Silence cuts the link as a lost route does: nothing passes, and nobody is told.
func (l *Link) Silence() { l.set(silent) }

// Break cuts the link as a server does that is gone: connections end.
func (l *Link) Break() { l.set(broken) }

// Mend lets everything pass again, also what was sent meanwhile.
func (l *Link) Mend() { l.set(open) }

// Bytes is how many have crossed, both ways.
func (l *Link) Bytes() int64 { return l.bytes.Load() }

func (l *Link) set(s state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	if s == broken {
		for c := range l.pipes {
			_ = c.Close()
		}
		clear(l.pipes)
	}
	l.passes.Broadcast()
}

// InProcessConn implements nats.InProcessConnProvider.
func (l *Link) InProcessConn() (net.Conn, error) {
	server, err := l.to.InProcessConn()
	if err != nil {
		return nil, err
	}
	client, middle := net.Pipe()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == broken {
		_ = server.Close()
		return nil, errors.New("the link is broken")
	}
	l.pipes[server], l.pipes[middle] = true, true
	go l.carry(server, middle)
	go l.carry(middle, server)
	return client, nil
}

// carry passes on what comes from one end, until either has ended.
func (l *Link) carry(to, from net.Conn) {
	type chunk struct {
		data []byte
		due  time.Time
	}
	underway := make(chan chunk, 1<<14)
	go func() {
		defer close(underway)
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			underway <- chunk{bytes.Clone(buf[:n]), time.Now().Add(l.delay)}
		}
	}()
	for c := range underway {
		<-time.After(time.Until(c.due))
		l.mu.Lock()
		for l.state == silent {
			l.passes.Wait()
		}
		l.mu.Unlock()
		if _, err := to.Write(c.data); err != nil {
			break
		}
		l.bytes.Add(int64(len(c.data)))
	}
	l.mu.Lock()
	delete(l.pipes, to)
	delete(l.pipes, from)
	l.mu.Unlock()
	_, _ = to.Close(), from.Close()
	for range underway { // until its reader has ended
	}
}
