package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/tally"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

const (
	// few is a backlog at which the bot's gateways surely admit newcomers: a little below
	// Parley's own limit.
	few = 100
	// calm is how long a visitor waits for anything more before it leaves.
	calm = time.Second
)

// coming is the time in which that many visitors arrive: one after the other, so that the
// backlog stays below few.
func coming(visitors int, delay time.Duration) time.Duration {
	return time.Duration(float64(visitors) / few * float64(max(delay, time.Second)))
}

// crowd is many visitors. Each writes one message, waits until it may go on, and
// then writes the next one as soon as the last one is answered.
type crowd struct {
	visitors []*visitor.Visitor
	meter    meter
	served   atomic.Int64  // visitors who were answered once
	goOn     chan struct{} // closed when they may write more
	over     atomic.Bool   // nothing more is written
	wg       sync.WaitGroup

	mu   sync.Mutex // guards loud
	loud []string   // visitors who could not go on, or were not quiet at the end
}

// gather makes the visitors arrive. The context ends them; each leaves a record in the
// folder of the run.
func gather(ctx context.Context, p plan, gateways func() []string) (*crowd, error) {
	c, began := &crowd{goOn: make(chan struct{})}, time.Now()
	for i := range p.visitors {
		rec, err := history.NewRecorder(p.dir, fmt.Sprintf("visitor-%05d", i+1), began)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("Visitor %d at %s", i+1, began.UTC().Format("150405.000"))
		v := visitor.New(visitor.Options{
			Name: name, Recorder: rec, Gateways: gateways, First: i, Header: wire.Forwarded(wire.Crowd, i), Rand: rand.New(rand.NewPCG(uint64(began.UnixNano()), uint64(i))),
		})
		c.visitors = append(c.visitors, v)
		c.wg.Go(func() {
			wire.Wait(ctx, coming(i, p.delay))
			var running sync.WaitGroup
			var ended error
			running.Go(func() { ended = errors.Join(v.Run(ctx), rec.Close()) })
			err := c.talk(ctx, v)
			v.Leave()
			running.Wait()
			if err := errors.Join(err, ended); err != nil {
				c.complain(fmt.Sprintf("%s: %v", name, err))
			}
		})
	}
	return c, nil
}

func (c *crowd) complain(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.loud = append(c.loud, what)
}

// errPerson says that the bot did not answer by itself.
var errPerson = errors.New("the bot asked for a person")

// talk writes message after message.
func (c *crowd) talk(ctx context.Context, v *visitor.Visitor) error {
	for n := 1; !c.over.Load(); n++ {
		began := time.Now()
		v.Send(fmt.Sprintf("How do I put the chat on my own site? (%d)", n))
		status := ""
		err := v.Await(ctx, "a reply", func(s visitor.Seen) bool { status = s.Status(); return s.Answered() && s.Welcomed() })
		switch {
		case err != nil:
			return err
		case status != "bot":
			return errPerson
		}
		c.meter.add(turn{time.Now(), time.Since(began)})
		if n > 1 {
			continue
		}
		c.served.Add(1)
		select {
		case <-c.goOn:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	wire.Wait(ctx, calm)
	return v.Await(ctx, "what the chat holds", func(s visitor.Seen) bool { return s.CaughtUp() && s.Answered() })
}

// counts is what happened to all of them so far.
func (c *crowd) counts() tally.Counts {
	var all tally.Counts
	for _, v := range c.visitors {
		all.Add(v.Counts())
	}
	return all
}

// disperse stops the writing, waits until all visitors have left, and returns those who
// could not.
func (c *crowd) disperse() []string {
	c.over.Store(true)
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loud
}
