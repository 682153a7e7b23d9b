package bus_test

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// clogged is a way to a server that takes nothing more once it is stopped up, as one
// to a machine without power does when its buffers are full.
type clogged struct {
	t  *testing.T
	to *bustest.Server

	mu   sync.Mutex // guards what follows
	made []*clogging
}

func (c *clogged) InProcessConn() (net.Conn, error) {
	conn, err := c.to.InProcessConn()
	if err != nil {
		return nil, err
	}
	dead, other := net.Pipe()
	c.t.Cleanup(func() { _, _ = dead.Close(), other.Close() })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, &clogging{Conn: conn, dead: dead})
	return c.made[len(c.made)-1], nil
}

func (c *clogged) count() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.made) }

func (c *clogged) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.made {
		conn.mu.Lock()
		conn.stopped = true
		conn.mu.Unlock()
	}
}

type clogging struct {
	net.Conn
	dead net.Conn // nobody reads from it

	mu      sync.Mutex // guards stopped
	stopped bool
}

func (c *clogging) Write(p []byte) (int, error) {
	c.mu.Lock()
	stopped := c.stopped
	c.mu.Unlock()
	if stopped {
		return c.dead.Write(p)
	}
	return c.Conn.Write(p)
}

func (c *clogging) SetWriteDeadline(at time.Time) error {
	_ = c.dead.SetWriteDeadline(at)
	return c.Conn.SetWriteDeadline(at)
}

func TestAServerThatTakesNothingMoreIsGivenUp(t *testing.T) {
	way := &clogged{t: t, to: bustest.Start(t)}
	conn, err := bus.Connect(t.Context(), bus.Options{Name: "worker", InProcess: way, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	way.stop()
	// The next ping is what hangs, ten seconds long.
	bustest.Eventually(t, "another connection is made", func() bool { return way.count() > 1 })
	bustest.Eventually(t, "it works", func() bool { return conn.Ready() == nil })
}
