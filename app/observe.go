package app

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// observed is what shows this process to the outside: probes, metrics, traces. The
// zero value shows nothing, for commands that end by themselves.
type observed struct {
	health  probes         // empty if nobody asks
	front   *health.Server // the one of them on ADDR, which serves the gateway too
	metrics *prometheus.Registry
	tracer  *telemetry.Tracer
	// profiles is where profiles are served; empty: nowhere.
	profiles string
}

// probes are the servers that report the health of a process.
type probes []*health.Server

// Waits sets on each what the process waits for.
func (p probes) Waits(why error) {
	for _, one := range p {
		one.Waits(why)
	}
}

// Began marks the process on each as working, as long as ready returns nil.
func (p probes) Began(ready func() error) {
	for _, one := range p {
		one.Began(ready)
	}
}

// registerer is where metrics are registered; nil (and not a nil *Registry) if there
// are none.
func (o observed) registerer() prometheus.Registerer {
	if o.metrics == nil {
		return nil
	}
	return o.metrics
}

// observe reports the health of this process, from before NATS is connected until end
// is called, serves its profiles if PPROF_ADDR is set, and sends its traces if an endpoint
// is set. Every role serves HEALTH_ADDR
// if that is set. Without it the gateway (and all in one process) reports on ADDR, which
// visitors use later: there everybody can ask, so no reason is given, and a connection
// flood can block probes.
func (s *system) observe(ctx context.Context, role string) (end func(), err error) {
	s.metrics = telemetry.NewRegistry(role, s.version)
	var ends []func()
	end = func() {
		for _, end := range slices.Backward(ends) {
			end()
		}
	}
	if roles.IsFront(role) {
		var metrics prometheus.Gatherer = s.metrics
		if s.HealthAddr != "" {
			metrics = nil
		}
		if s.front, err = s.serveHealth(ctx, s.listenGuarded, "ADDR", s.Addr, metrics, &ends); err != nil {
			return nil, configError{err}
		}
	}
	if s.HealthAddr != "" {
		if _, err = s.serveHealth(ctx, health.Listen, "HEALTH_ADDR", s.HealthAddr, s.metrics, &ends); err != nil {
			end()
			return nil, configError{err}
		}
	}
	if s.PprofAddr != "" {
		var endProfiles func()
		if s.profiles, endProfiles, err = s.serveProfiles(ctx); err != nil {
			end()
			return nil, configError{err}
		}
		ends = append(ends, endProfiles)
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

// listener is health.Listen, or another that does the same.
type listener func(setting, addr string, metrics prometheus.Gatherer, log zerolog.Logger) (*health.Server, error)

// listenGuarded is health.ListenPublic for hosts that are ours.
func (s *system) listenGuarded(setting, addr string, metrics prometheus.Gatherer, log zerolog.Logger) (*health.Server, error) {
	lines := &outage.Sampled{Every: time.Minute}
	guard := func(next http.Handler) http.Handler {
		return s.site.Guard(next, s.proxies, func(r *http.Request) {
			lines.Line("host", log.Warn()).Str("host", limit.Shown(r.Host)).Str("origin", limit.Shown(r.Header.Get("Origin"))).Str("from", limit.ShownPeer(r)).
				Msg("a request to a host that is not ours was refused: if people use this name, set PUBLIC_URL, such as https://chat.example.org; if a proxy makes it up, have the proxy pass on the browser's (" + limit.HostCure + ")")
		})
	}
	return health.ListenPublic(setting, addr, metrics, guard, log)
}

// serveHealth runs a server on one address, and adds to ends what ends it.
func (s *system) serveHealth(ctx context.Context, listen listener, setting, addr string, metrics prometheus.Gatherer, ends *[]func()) (*health.Server, error) {
	server, err := listen(setting, addr, metrics, s.log)
	if err != nil {
		return nil, err
	}
	s.health = append(s.health, server)
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Run(ctx); err != nil {
			s.log.Error().Err(err).Msg("health endpoint stopped")
		}
	}()
	*ends = append(*ends, func() { stop(); <-done })
	return server, nil
}

// watchDisk registers metrics of the embedded server's disk.
func watchDisk(r prometheus.Registerer, server *embedded.Server) {
	telemetry.Register(r, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_disk_free_bytes", Help: "Free space on the file system of DATA_DIR.",
	}, func() float64 {
		free, err := server.Free()
		if err != nil {
			return 0
		}
		return float64(free)
	}))
	telemetry.Register(r, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "parley_disk_full", Help: "1 while nothing new is accepted because the disk is full.",
	}, func() float64 {
		if server.Room() != nil {
			return 1
		}
		return 0
	}))
}
