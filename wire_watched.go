package main

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// watched is how this process is seen from outside. The zero value is one that
// nobody watches, for commands that end by themselves.
type watched struct {
	health  *health.Server // nil where nobody asks
	metrics *prometheus.Registry
	tracer  *telemetry.Tracer
}

// registerer is where figures are registered; nil (and not a nil *Registry) where
// they are not.
func (w watched) registerer() prometheus.Registerer {
	if w.metrics == nil {
		return nil
	}
	return w.metrics
}

// watch answers how this process is, from before NATS is there until end is called,
// and sends its traces where that is wanted. The gateway (and all in one process)
// answers on ADDR, where it lets visitors in later, another role on HEALTH_ADDR.
func (s *system) watch(ctx context.Context, role string) (end func(), err error) {
	s.metrics = telemetry.NewRegistry(role, version)
	setting, addr := "HEALTH_ADDR", s.HealthAddr
	if role == "gateway" || role == "" {
		setting, addr = "ADDR", s.Addr
	}
	endTelling := func() {}
	if addr != "" {
		if endTelling, err = s.tellHealth(ctx, setting, addr); err != nil {
			return nil, mendable{err}
		}
	}
	endTraces := func() {}
	if s.OTLPEndpoint != "" {
		s.tracer, endTraces, err = telemetry.OpenTraces(ctx, telemetry.TraceOptions{Role: role, Version: version, Log: s.log})
		if err != nil {
			endTelling()
			return nil, err
		}
	}
	return func() { endTraces(); endTelling() }, nil
}

func (s *system) tellHealth(ctx context.Context, setting, addr string) (end func(), err error) {
	if s.health, err = health.Listen(setting, addr, s.metrics); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.health.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("nobody tells how this process is any more")
		}
	}()
	return func() { stop(); <-done }, nil
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
