package app

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// withWorkers calls f while workers run that can take the letters back. On a NATS
// server they run anyway. On the data folder nothing runs, so the workers that the
// letters need are started here, and the history worker, which others call; they do
// their usual work meanwhile. No gateway is started: no visitor can connect.
func (d *deadLetters) withWorkers(ctx context.Context, numbers []uint64, f func() error) error {
	if d.NATSURL != "" {
		return f()
	}
	needed := map[string]bool{roles.Historyworker.Name: true}
	for _, n := range numbers {
		l, err := d.conn.DeadLetter(ctx, n)
		if err != nil {
			continue // it is reported when it is replayed
		}
		if role, known := roles.WithConsumer(l.Role); known {
			needed[role.Name] = true
		}
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	g, ctx := errgroup.WithContext(ctx)
	for name := range needed {
		p, err := d.system.worker(ctx, name, d.conn)
		if err != nil {
			stop()
			return errors.Join(err, g.Wait())
		}
		g.Go(func() error {
			if err := p.run(ctx); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		})
	}
	err := f()
	stop()
	return errors.Join(err, g.Wait())
}

// worker returns a worker of the role on an existing connection.
func (s *system) worker(ctx context.Context, name string, conn *bus.Conn) (unit, error) {
	start, err := wiring[name](ctx, s.as(name))
	if err != nil {
		return unit{}, configError{err}
	}
	return start(ctx, s.as(name), conn)
}
