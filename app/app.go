// Package app wires the program: it builds the roles, and the other commands, from
// settings and packages.
package app

import (
	"context"
	"fmt"
	"net/netip"
	"os"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/config"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/logging"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store/mongostore"
)

// Run runs one replica of a role against NATS_URL, or all roles in one process if
// the role is empty. Once the context has ended it returns nil, whatever the replica
// returned. version is what replicas report.
func Run(ctx context.Context, role, version string) error {
	if role != "" && wiring[role] == nil {
		return configError{fmt.Errorf("there is no role %q. Try parley help", role)}
	}
	s, faults := load(role, version)
	if len(faults) > 0 {
		return unusable(faults)
	}
	s.log = logging.New(os.Stderr, s.LogLevel, s.LogFormat)
	defer spareCollections()()
	err := s.prepare(ctx, role)
	if err != nil {
		return unusable(err)
	}
	if role == "" {
		err = s.runAll(ctx)
	} else {
		err = s.runRole(ctx, role)
	}
	if ctx.Err() != nil {
		return nil
	}
	return explain(err)
}

// system is what the roles are wired from.
type system struct {
	config.Config
	version string
	origins []string
	site    *limit.Site
	proxies []netip.Prefix
	log     zerolog.Logger
	// prepared holds the roles of this process.
	prepared map[string]starter
	// started, if not nil, is called when a role begins its work.
	started func()
	// room says why nothing can be stored now; nil if that can't be known.
	room func() error
	observed
}

// load reads the settings and returns all faults at once. Some settings are judged
// by the packages that parse them.
func load(role, version string) (s *system, faults config.Faults) {
	c, faults := config.Load(role)
	s = &system{Config: c, version: version}
	if c.MongoURL != "" {
		faults.Add("MONGO_URL", mongostore.Check(c.MongoURL))
	}
	var err error
	s.origins, err = limit.ParseOrigins(c.AllowedOrigins)
	faults.Add("ALLOWED_ORIGINS", err)
	base, err := limit.ParseBase(c.BasePath)
	faults.Add("BASE_PATH", err)
	s.site, err = limit.NewSite(c.PublicURL, base, c.Addr)
	faults.Add("PUBLIC_URL", err)
	s.proxies, err = limit.ParseProxies(c.TrustedProxies)
	faults.Add("TRUSTED_PROXIES", err)
	return s, faults
}

// prepare prepares the role ("" for all of them).
func (s *system) prepare(ctx context.Context, name string) (err error) {
	s.prepared = map[string]starter{}
	for one, prepare := range wiring {
		if role, _ := roles.Named(one); name != one && (name != "" || role.Apart) {
			continue
		}
		if s.prepared[one], err = prepare(ctx, s.as(one)); err != nil {
			return err
		}
	}
	return nil
}

// as returns the system for one role, whose name is in its log lines.
func (s *system) as(role string) *system {
	one := *s
	one.log = s.log.With().Str("role", role).Logger()
	return &one
}

// runRole runs one replica of one role, against NATS_URL unless the role is apart from it.
func (s *system) runRole(ctx context.Context, name string) error {
	s = s.as(name)
	s.log.Info().Str("version", s.version).Msg("starting")
	s.started = func() { s.log.Info().Msg("running") }
	end, err := s.observe(ctx, name)
	if err != nil {
		return err
	}
	defer end()
	var conn *bus.Conn
	if role, _ := roles.Named(name); !role.Apart {
		if conn, err = bus.Connect(ctx, s.busOptions(name)); err != nil {
			return err
		}
		defer conn.Close()
		s.room = conn.Room
	}
	s.health.Waits(health.ErrStarting)
	p, err := s.prepared[name](ctx, s, conn)
	if err != nil {
		return err
	}
	if p.ready != nil {
		s.health.Began(p.ready)
	}
	return p.run(ctx)
}

// withoutNATS says what doesn't work while NATS is down for all roles in one process.
const withoutNATS = "nobody can read or write, and browsers keep what is sent"

// busOptions returns the options of a connection to NATS_URL.
func (s *system) busOptions(name string) bus.Options {
	without := withoutNATS
	if role, one := roles.Named(name); one {
		without = role.LostHere
	}
	opts := s.natsOptions(name)
	opts.Without, opts.Waiting, opts.Metrics, opts.Tracer = without, s.health.Waits, s.registerer(), s.tracer
	return opts
}

// natsOptions are what the settings say about NATS, for every connection.
func (s *system) natsOptions(name string) bus.Options {
	streams, onlyFresh := s.StreamsWanted()
	var first chat.Region
	var print string
	if all := s.AllRegions(); len(all) > 1 {
		first, print = chat.Region(all[0].Name), bus.TokenPrint([]byte(s.TokenKey))
		if role, one := roles.Named(name); one && !role.Front {
			print = "" // only who signs with the key states it: a worker that restarts late may have an old one
		}
	}
	return bus.Options{
		URL: s.NATSURL, CA: s.NATSCA, Identity: bus.Identity{Creds: s.NATSCreds, NKey: s.NATSNKey, Cert: s.NATSCert, Key: s.NATSKey},
		Name: name, Region: chat.Region(s.Region), First: first, TokenPrint: print, Streams: streams, AdoptStreams: onlyFresh, Replicas: s.NATSReplicas, MaxBytes: uint64(s.NATSMaxBytes), AuditKeep: s.keptAudit(), Log: s.log,
	}
}

// regions are the connections of a gateway that is in its own region on that connection. without
// says what does not work while another one can't be reached. From afar it is a user of its own,
// gateway-afar, which may do less: its name is also that of its inbox.
func (s *system) regions(home *bus.Conn, without string) *bus.Regions {
	return s.regionsAs("gateway-afar", home, without)
}

// regionsAs is regions with that name for the connections to others.
func (s *system) regionsAs(name string, home *bus.Conn, without string) *bus.Regions {
	all := s.AllRegions()
	var others []bus.Options
	for _, r := range all {
		if r.Name == s.Region {
			continue
		}
		opts := s.natsOptions(name)
		opts.Region, opts.URL, opts.InProcess = chat.Region(r.Name), r.URL, nil
		opts.Without = without + r.Name
		opts.Tracer = s.tracer
		others = append(others, opts)
	}
	return bus.NewRegions(home, chat.Region(all[0].Name), others...)
}

// runs reports that this role does its work from now on.
func (s *system) runs() {
	if s.started != nil {
		s.started()
	}
}
