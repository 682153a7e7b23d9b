package app

import (
	"context"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// observed is how this process is seen from outside. The zero value is one that
// nobody observes, for commands that end by themselves.
type observed struct {
	health  probes         // none where nobody asks
	front   *health.Server // the one of them on ADDR, which serves the gateway too
	metrics *prometheus.Registry
	tracer  *telemetry.Tracer
}

// probes are the listeners on which a process tells how it is.
type probes []*health.Server

// Waits says on each what the process waits for.
func (p probes) Waits(why error) {
	for _, one := range p {
		one.Waits(why)
	}
}

// Began says on each that the process works from now on, as long as ready returns nil.
func (p probes) Began(ready func() error) {
	for _, one := range p {
		one.Began(ready)
	}
}

// registerer is where figures are registered; nil (and not a nil *Registry) where
// they are not.
func (o observed) registerer() prometheus.Registerer {
	if o.metrics == nil {
		return nil
	}
	return o.metrics
}

// observe answers how this process is, from before NATS is there until end is called,
// and sends its traces where that is wanted. Each role answers on HEALTH_ADDR, where
// that is set. The gateway (and all in one process) else does so on ADDR, where it lets
// visitors in later: a crowd there can keep a question out, and all the world can ask.
func (s *system) observe(ctx context.Context, role string) (end func(), err error) {
	s.metrics = telemetry.NewRegistry(role, s.version)
	var ends []func()
	end = func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
	}
	if roles.IsFront(role) {
		var figures prometheus.Gatherer = s.metrics
		if s.HealthAddr != "" {
			figures = nil
		}
		if s.front, err = s.tellHealth(ctx, "ADDR", s.Addr, figures, &ends); err != nil {
			return nil, configError{err}
		}
	}
	if s.HealthAddr != "" {
		if _, err = s.tellHealth(ctx, "HEALTH_ADDR", s.HealthAddr, s.metrics, &ends); err != nil {
			end()
			return nil, configError{err}
		}
	}
	if s.OTLPEndpoint != "" {
		var endTraces func()
		s.tracer, endTraces, err = telemetry.OpenTraces(ctx, telemetry.TraceOptions{Role: role, Version: s.version, Log: s.log})
		if err != nil {
			end()
			return nil, err
		}
		ends = append(ends, endTraces)
	}
	return end, nil
}

// tellHealth tells on one address, as health.Listen says. What ends it is added to ends.
func (s *system) tellHealth(ctx context.Context, setting, addr string, figures prometheus.Gatherer, ends *[]func()) (*health.Server, error) {
	server, err := health.Listen(setting, addr, figures, s.log)
	if err != nil {
		return nil, err
	}
	s.health = append(s.health, server)
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("nobody tells how this process is any more")
		}
	}()
	*ends = append(*ends, func() { stop(); <-done })
	return server, nil
}

// watchDisk shows the room on the embedded server's disk.
func watchDisk(r prometheus.Registerer, server *embedded.Server) {
	telemetry.Register(r, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_disk_free_bytes", Help: "Room on the file system of DATA_DIR.",
	}, func() float64 {
		free, err := server.Free()
		if err != nil {
			return 0
		}
		return float64(free)
	}))
	telemetry.Register(r, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_disk_full", Help: "1 while nothing new is taken, since there is no room for it.",
	}, func() float64 {
		if server.Room() != nil {
			return 1
		}
		return 0
	}))
}
