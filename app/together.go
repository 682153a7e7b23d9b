package app

import (
	"context"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/roles"
)

// runAll is everything in one process. The gateway is drained first, while the
// workers still answer.
func (s *system) runAll(ctx context.Context) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	end, err := s.observe(ctx, "")
	if err != nil {
		return err
	}
	defer end()
	opts := s.busOptions("parley")
	if s.NATSURL == "" {
		server, err := embedded.Start(embedded.Options{
			Dir: filepath.Join(s.DataDir, "nats"), SyncAlways: s.NATSSync.Always, SyncInterval: s.NATSSync.Every, Reserve: uint64(s.DiskReserve), Log: s.log,
		})
		if err != nil {
			return err
		}
		defer s.tend(ctx, server)()
		opts.InProcess, s.room = server, server.Room
		watchDisk(s.metrics, server)
	}
	conn, err := bus.Connect(ctx, opts)
	if err != nil {
		return err
	}
	defer conn.Close()

	runs := map[string]func(context.Context) error{}
	for name, start := range s.prepared {
		p, err := start(ctx, s.as(name), conn)
		if err != nil {
			return err
		}
		runs[name] = p.run
	}
	return runTogether(ctx, runs)
}

// tend looks after the server until the returned function is called, which closes
// it and waits. It begins before anybody is connected: on a full disk nobody is,
// until there is room.
func (s *system) tend(ctx context.Context, server *embedded.Server) (end func()) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("nobody looks after the embedded NATS server any more")
		}
	}()
	return func() { stop(); <-done; server.Close() }
}

// runTogether runs the gateway until the context ends, and the workers until the
// gateway has ended. A part that fails ends them all.
func runTogether(ctx context.Context, runs map[string]func(context.Context) error) error {
	workers, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g, failed := errgroup.WithContext(workers)
	for name, run := range runs {
		g.Go(func() error {
			if !roles.IsFront(name) {
				return run(failed)
			}
			defer stop()
			until, cancel := context.WithCancel(ctx)
			defer cancel()
			context.AfterFunc(failed, cancel)
			return run(until)
		})
	}
	return g.Wait()
}
