package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/scenario"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// connectAtOnce is how many sockets are opened at once.
	connectAtOnce = 32
)

// crowd is many visitors of one system.
type crowd struct {
	clients []*client
}

// gather connects visitors, from the nth on.
func gather(ctx context.Context, base string, n int) (*crowd, error) {
	c := &crowd{clients: make([]*client, n)}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(connectAtOnce)
	for i := range n {
		g.Go(func() (err error) {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			c.clients[i], err = connect(ctx, base, i)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		c.leave()
		return nil, unreached(base, err)
	}
	return c, nil
}

// unreached says in a sentence why a visitor could not connect.
func unreached(base string, err error) error {
	if r, ok := errors.AsType[*wire.RefusedError](err); ok {
		return fmt.Errorf("%s answers, but opens no socket for a visitor (status %d): is it a gateway of Parley, with its base path if it has one?", base, r.Status)
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return fmt.Errorf("nobody answers at %s (%w): is the address right, and does Parley run there?", base, op.Err)
	}
	return fmt.Errorf("a visitor could not connect to %s: %w", base, err)
}

func (c *crowd) leave() {
	for _, one := range c.clients {
		if one != nil {
			one.ws.Drop(false)
		}
	}
}

// talk is the state of a closed loop: every visitor has one turn in progress at any time.
type talk struct {
	text           string
	patience       time.Duration
	replies, acks  *latencies
	counting, over atomic.Bool
	all            atomic.Int64 // turns, counted or not
	acked          atomic.Int64 // messages of them that were acknowledged
	lost, unserved atomic.Int64

	mu      sync.Mutex // guards refused
	refused map[string]int
	last    *refusal
}

func newTalk(text string, patience time.Duration) *talk {
	return &talk{text: text, patience: patience, replies: newLatencies(), acks: newLatencies(), refused: map[string]int{}}
}

// run is one visitor until the loop is over, or the socket ends.
func (t *talk) run(ctx context.Context, c *client) {
	var began time.Time
	for again := false; !t.over.Load() && ctx.Err() == nil; {
		if !again {
			began = time.Now()
		}
		acked, err := c.turn(t.text, again)
		if r := isRefusal(err); r != nil {
			t.refuse(r)
			again = true
			wire.Wait(ctx, max(r.wait, 20*time.Millisecond))
			continue
		}
		again = false
		if !acked.IsZero() {
			t.acked.Add(1)
		}
		if err != nil {
			if t.over.Load() {
				t.unserved.Add(1)
			} else {
				t.lost.Add(1)
			}
			return
		}
		t.all.Add(1)
		if t.counting.Load() {
			t.replies.add(time.Since(began))
			t.acks.add(acked.Sub(began))
		}
	}
}

func (t *talk) refuse(r *refusal) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused[r.code]++
	t.last = r
}

// closed measures a closed loop of n visitors for some seconds.
func closed(ctx context.Context, sys *scenario.System, p plan, n int, profile func()) (leg Leg, err error) {
	leg = Leg{Label: sys.Label, Sockets: n}
	visitors, err := gather(ctx, sys.Base, n)
	if err != nil {
		return leg, err
	}
	defer visitors.leave()
	if _, err := sys.Rest(ctx); err != nil {
		return leg, err
	}
	before, err := sys.CPU()
	if err != nil {
		return leg, err
	}
	t := newTalk(p.text, p.patience)
	var talking sync.WaitGroup
	for _, c := range visitors.clients {
		talking.Go(func() { t.run(ctx, c) })
	}
	ended := make(chan struct{})
	go func() { talking.Wait(); close(ended) }()
	stop := func() {
		t.over.Store(true)
		select {
		case <-ended:
		case <-time.After(p.patience):
			visitors.leave()
			<-ended
		}
	}
	if err := t.firstAnswer(ctx, ended); err != nil {
		t.over.Store(true)
		visitors.leave()
		<-ended
		return leg, err
	}
	wire.Wait(ctx, p.warmUp())
	if profile != nil {
		go profile()
	}
	began := time.Now()
	t.counting.Store(true)
	wire.Wait(ctx, p.seconds)
	t.counting.Store(false)
	took := time.Since(began)
	stop()
	behind, err := sys.Rest(ctx)
	if err != nil {
		return leg, err
	}
	after, err := sys.CPU()
	if err != nil {
		return leg, err
	}
	leg.Memory = sys.Memory()
	leg.Seconds, leg.Turns, leg.Rate = took.Seconds(), t.replies.count(), float64(t.replies.count())/took.Seconds()
	leg.Reply, leg.Ack, leg.Behind = t.replies.spread(), t.acks.spread(), behind.Seconds()
	leg.Refused, leg.Lost, leg.Unserved = t.refused, int(t.lost.Load()), int(t.unserved.Load())
	leg.CPU = map[string]float64{}
	for part := range after {
		leg.CPU[part] = float64((after[part] - before[part]).Microseconds()) / float64(max(1, t.all.Load()))
		leg.CPUAll += leg.CPU[part]
	}
	if leg.Turns == 0 {
		return leg, t.nothing()
	}
	return leg, sys.Died()
}

// firstAnswer waits until one visitor was answered.
func (t *talk) firstAnswer(ctx context.Context, ended <-chan struct{}) error {
	limit := time.Now().Add(t.patience)
	for t.all.Load() == 0 {
		select {
		case <-ended:
			return t.nothing()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(limit) {
			return t.nothing()
		}
	}
	return nil
}

// nothing says why there was no turn at all.
func (t *talk) nothing() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil {
		return fmt.Errorf("no message was answered; %d were refused, the last with %s: %s", sum(t.refused), t.last.code, t.last.sentence)
	}
	if t.lost.Load() > 0 {
		return fmt.Errorf("no message was answered, and %d sockets were closed by the other side: is this a gateway of Parley?", t.lost.Load())
	}
	return fmt.Errorf("messages are sent, but no reply came within %v: does a bot worker run there?", t.patience)
}

func sum(of map[string]int) (n int) {
	for _, one := range of {
		n += one
	}
	return n
}
