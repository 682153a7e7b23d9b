package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/system"
)

// fleet is the replicas of the role whose number changes. All run at first.
type fleet struct {
	sys   *system.System
	role  string
	names []string

	mu sync.Mutex // guards up
	up int        // how many run, the first ones
}

func newFleet(sys *system.System, role string) *fleet {
	names := sys.Members(role)
	return &fleet{sys: sys, role: role, names: names, up: len(names)}
}

func (f *fleet) running() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.up
}

func (f *fleet) set(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.up = n
}

// gateways returns the base URLs of those that serve.
func (f *fleet) gateways() []string {
	all := f.sys.Gateways()
	if f.role == system.Gateway {
		return all[:f.running()]
	}
	return all
}

// scale starts or stops replicas, all at once, until that many run, and returns how long
// it took. A gateway has started when it is ready, another role when its process runs;
// stopping takes from SIGTERM until the last has ended.
func (f *fleet) scale(ctx context.Context, n int) (time.Duration, error) {
	began, up := time.Now(), f.running()
	if n < up {
		f.set(n) // nobody connects to a gateway that is about to end
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, name := range f.names[min(n, up):max(n, up)] {
		g.Go(func() error {
			if n < up {
				return f.sys.Terminate(name)
			}
			if err := f.sys.StartAgain(name); err != nil || f.role != system.Gateway {
				return err
			}
			return f.sys.AwaitGateway(ctx, name)
		})
	}
	if err := g.Wait(); err != nil {
		return 0, fmt.Errorf("go from %d to %d of %s: %w", up, n, f.role, err)
	}
	f.set(n)
	return time.Since(began), nil
}
