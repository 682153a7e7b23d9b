package app

import (
	"context"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/roles"
)

// runAll runs everything in one process. At shutdown the gateway drains first, while
// the workers still answer.
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
	s.room = eitherRoom(s.room, conn.Room)

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

// eitherRoom says why the disk, or else NATS, takes nothing more. Either may be nil.
func eitherRoom(disk, nats func() error) func() error {
	if disk == nil {
		return nats
	}
	return func() error {
		if err := disk(); err != nil {
			return err
		}
		return nats()
	}
}

// tend looks after the server until the returned function is called, which closes
// the server and waits. It starts before there is a connection: while the disk is
// full there is none.
func (s *system) tend(ctx context.Context, server *embedded.Server) (end func()) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("the embedded NATS server is no longer monitored")
		}
	}()
	return func() { stop(); <-done; server.Close() }
}

// runTogether runs the gateway until the context ends, and the workers until the
// gateway has ended. One that fails ends all.
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
