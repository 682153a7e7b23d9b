// Package network is the cables of a system that runs on one machine: each goes
// through this process, which can cut it, hold what is on it, or slow it down.
package network

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Line is a cable from an address of its own, where it accepts connections, to a
// target. All methods may be called concurrently. The last of Cut, Freeze, Delay
// and Heal is what holds, for the connections there are and for new ones.
type Line struct {
	listener net.Listener
	wg       sync.WaitGroup // of all goroutines
	ended    context.Context
	end      context.CancelFunc

	crossed atomic.Int64 // bytes

	mu      sync.Mutex // guards what follows
	target  string
	far     far
	state   state
	changed chan struct{} // closed when the state changes
	open    map[*joint]struct{}
}

// state is what is done to a line.
type state struct {
	cut, frozen bool
	delay       time.Duration
}

// far is what a line is like while nothing is done to it; the zero value: short and whole.
type far struct {
	delay time.Duration
	loss  float64
}

// sentAgain is how much later a lost packet arrives, beyond a round trip: what TCP waits at
// least before it sends again.
const sentAgain = 200 * time.Millisecond

// NewLine lays a line from a free loopback port to the target, host and port.
func NewLine(target string) (*Line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("lay a line to %s: %w", target, err)
	}
	l := &Line{listener: listener, target: target, changed: make(chan struct{}), open: map[*joint]struct{}{}}
	l.ended, l.end = context.WithCancel(context.Background())
	l.wg.Go(l.accept)
	return l, nil
}

// Addr returns where the line begins, host and port. It never changes.
func (l *Line) Addr() string { return l.listener.Addr().String() }

// To lays the line to another target. Connections that are open stay where they
// are.
func (l *Line) To(target string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = target
}

// Cut resets all connections at once, and each new one until the line is healed.
// What was on the way is lost.
func (l *Line) Cut() { l.set(state{cut: true}) }

// Freeze lets nothing through: connections stay open, everything sent is held (and so is
// the end of a side), and new connections wait.
func (l *Line) Freeze() { l.set(state{frozen: true}) }

// Delay lets everything arrive that much later, in order. The amount of data on the way
// is bounded, which bounds the bandwidth of a long delay.
func (l *Line) Delay(d time.Duration) { l.set(state{delay: d}) }

// Far makes the line one across an ocean, for as long as it lies: everything arrives that much
// later, and with the probability of a loss a piece, and what comes after it, waits until TCP has
// sent it again. Nothing overtakes anything.
func (l *Line) Far(delay time.Duration, loss float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.far = far{delay, loss}
}

// Crossed returns how many bytes were put on the line so far, both ways.
func (l *Line) Crossed() int64 { return l.crossed.Load() }

// lost returns how much later a piece arrives that has just been put on the line.
func (l *Line) lost() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.far.loss > 0 && rand.Float64() < l.far.loss {
		return 2*l.far.delay + sentAgain
	}
	return 0
}

// Heal makes the line whole: what was held arrives at once.
func (l *Line) Heal() { l.set(state{}) }

// Close ends the line and all connections, and waits for its goroutines.
func (l *Line) Close() error {
	l.end()
	err := l.listener.Close()
	l.mu.Lock()
	for j := range l.open {
		j.reset()
	}
	l.mu.Unlock()
	l.wg.Wait()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the line at %s: %w", l.Addr(), err)
	}
	return nil
}

// Open returns how many connections are on the line.
func (l *Line) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

func (l *Line) set(s state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	close(l.changed)
	l.changed = make(chan struct{})
	for j := range l.open {
		switch {
		case s.cut:
			j.reset()
		case s.frozen:
			j.interrupt()
		}
	}
}

// now returns the state and a channel that is closed when it changes.
func (l *Line) now() (state, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state, l.changed
}

func (l *Line) accept() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		client, ok := conn.(*net.TCPConn)
		if !ok {
			_ = conn.Close()
			continue
		}
		l.wg.Go(func() { l.join(client) })
	}
}

// join connects the client with the target when the line lets it, and carries data both
// ways until both sides have ended.
func (l *Line) join(client *net.TCPConn) {
	j := &joint{line: l, client: client, ended: make(chan struct{})}
	if !l.add(j) {
		j.reset()
		return
	}
	defer l.remove(j)
	defer j.reset()
	target, ok := l.thawed(j)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(l.ended)
	defer cancel()
	l.wg.Go(func() {
		select {
		case <-j.ended:
			cancel()
		case <-ctx.Done():
		}
	})
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", target)
	if err != nil {
		return
	}
	server, ok := conn.(*net.TCPConn)
	if !ok || !j.attach(server) {
		_ = conn.Close()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { j.carry(client, server) })
	both.Go(func() { j.carry(server, client) })
	both.Wait()
	j.finish()
}

// add takes the connection onto the line, unless the line is cut or closed.
func (l *Line) add(j *joint) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.cut || l.ended.Err() != nil {
		return false
	}
	l.open[j] = struct{}{}
	return true
}

func (l *Line) remove(j *joint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, j)
}

// thawed waits until the line is not frozen and returns its target.
func (l *Line) thawed(j *joint) (target string, ok bool) {
	for {
		s, changed := l.now()
		if !s.frozen {
			l.mu.Lock()
			defer l.mu.Unlock()
			return l.target, true
		}
		select {
		case <-changed:
		case <-j.ended:
			return "", false
		}
	}
}
