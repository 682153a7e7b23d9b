package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// crowd is many sockets that only listen.
type crowd struct {
	mu      sync.Mutex // guards what follows
	sockets []*wire.Socket

	wg      sync.WaitGroup
	ended   atomic.Int64
	closing atomic.Bool
}

// openAtOnce is how many sockets are opened at once.
const openAtOnce = 32

func open(ctx context.Context, base string, n int, hello bool) (*crowd, error) {
	c := &crowd{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(openAtOnce)
	for i := range n {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := c.add(ctx, base, i, hello); err != nil {
				return fmt.Errorf("open socket %d: %w", i+1, err)
			}
			return nil
		})
	}
	return c, g.Wait()
}

func (c *crowd) add(ctx context.Context, base string, i int, hello bool) error {
	ws, err := wire.Dial(ctx, base)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.sockets = append(c.sockets, ws)
	c.mu.Unlock()
	if hello {
		err := ws.Write(wire.Request{T: "hello", Name: fmt.Sprintf("Visitor %d", i+1), Token: "claim:" + rand.Text()})
		if err != nil {
			return err
		}
		f, err := ws.Read()
		if err == nil && f.T != "welcome" {
			err = fmt.Errorf("the answer to a hello is %s %s: %s", f.T, f.Code, f.Message)
		}
		if err != nil {
			return err
		}
	}
	c.wg.Go(func() { // answers pings
		for {
			if _, err := ws.ReadRaw(); err != nil {
				if !c.closing.Load() {
					c.ended.Add(1)
				}
				return
			}
		}
	})
	return nil
}

// gone returns how many sockets ended by themselves.
func (c *crowd) gone() int64 { return c.ended.Load() }

func (c *crowd) close() {
	c.closing.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ws := range c.sockets {
		ws.Drop(false)
	}
	c.wg.Wait()
}
