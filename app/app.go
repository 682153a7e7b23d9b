package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/botworker"
	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/botworker/knowledge"
	"github.com/parley-chat/parley/botworker/llm"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/config"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/store/mongostore"
	"github.com/parley-chat/parley/web"
)

// version is what the micro services report. The linker sets it for an image.
var version = "0.1.0"

// system is what the roles are wired from.
type system struct {
	config.Config
	origins []string
	proxies []netip.Prefix
	log     zerolog.Logger
	// prepared are the roles of this process.
	prepared map[string]begin
	// started, if not nil, is called when a role does its work.
	started func()
	// room says why nothing can be stored now; nil where that is not known.
	room func() error
	watched
}

// role prepares one replica before anything is connected: what can fail for a
// reason that the user can mend fails here, with a sentence that names the setting.
type role func(ctx context.Context, s *system) (begin, error)

// begin makes of what was prepared a replica on a connection.
type begin func(ctx context.Context, s *system, conn *bus.Conn) (part, error)

// part is a replica that is prepared.
type part struct {
	// run runs it until its context ends.
	run func(context.Context) error
	// ready says in a sentence why it can't do its work now, or returns nil. It is
	// nil for the gateway, which answers that itself as soon as it serves.
	ready func() error
}

// wiring prepares each role of the table.
var wiring = map[string]role{
	"gateway": newGateway, "botworker": newBotworker, "escalation": newEscalation, "historyworker": newHistoryworker,
}

// mendable is an error that the user can mend, by a setting as a rule: exit code 2.
type mendable struct{ error }

func (m mendable) Unwrap() error { return m.error }

// codeOf returns the exit code that goes with an error.
func codeOf(err error) int {
	var layout *bus.LayoutError
	if errors.As(err, &mendable{}) || errors.As(err, &layout) {
		return 2
	}
	return 1
}

// sentence is what is said of an error that ends the process.
func sentence(err error) string {
	var layout *bus.LayoutError
	if errors.As(err, &layout) {
		return layout.Sentence
	}
	return err.Error()
}

// load reads the settings, all faults at once. Those that others read are judged
// where they are read.
func load(role string) (*system, error) {
	c, faults := config.Load(role)
	s := &system{Config: c}
	if c.MongoURL != "" {
		faults.Add("MONGO_URL", mongostore.Check(c.MongoURL))
	}
	var err error
	s.origins, err = limit.ParseOrigins(c.AllowedOrigins)
	faults.Add("ALLOWED_ORIGINS", err)
	s.proxies, err = limit.ParseProxies(c.TrustedProxies)
	faults.Add("TRUSTED_PROXIES", err)
	if len(faults) > 0 {
		return nil, faults
	}
	return s, nil
}

// prepare prepares the role ("" for all of them).
func (s *system) prepare(ctx context.Context, name string) (err error) {
	s.prepared = map[string]begin{}
	for one, prepare := range wiring {
		if name != "" && name != one {
			continue
		}
		if s.prepared[one], err = prepare(ctx, s.as(one)); err != nil {
			return err
		}
	}
	return nil
}

// as returns the system as one role sees it, which has its name in its lines.
func (s *system) as(role string) *system {
	one := *s
	one.log = s.log.With().Str("role", role).Logger()
	return &one
}

// runRole is one replica of one role against NATS_URL.
func (s *system) runRole(ctx context.Context, name string) error {
	s = s.as(name)
	s.log.Info().Str("version", version).Msg("starting")
	s.started = func() { s.log.Info().Msg("running") }
	end, err := s.watch(ctx, name)
	if err != nil {
		return err
	}
	defer end()
	conn, err := bus.Connect(ctx, s.busOptions(name))
	if err != nil {
		return err
	}
	defer conn.Close()
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

// withoutNATS says what does not work while all roles in one process have no NATS.
const withoutNATS = "nobody can read or write, and browsers keep what is sent"

// busOptions are those of a connection to NATS_URL.
func (s *system) busOptions(name string) bus.Options {
	without := withoutNATS
	if role, one := roles.Named(name); one {
		without = role.LostHere
	}
	return bus.Options{
		URL: s.NATSURL, CA: s.NATSCA, Name: name, Without: without, Streams: s.Streams, Replicas: s.NATSReplicas,
		Waiting: s.health.Waits, Metrics: s.registerer(), Tracer: s.tracer, Log: s.log,
	}
}

// runAll is everything in one process. The gateway is drained first, while the
// workers still answer.
func (s *system) runAll(ctx context.Context) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	end, err := s.watch(ctx, "")
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
	for name, begin := range s.prepared {
		p, err := begin(ctx, s.as(name), conn)
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
			if name != "gateway" {
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

// lock keeps a second process off the data folder.
func (s *system) lock() (unlock func(), err error) {
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return nil, mendable{fmt.Errorf("DATA_DIR: the folder %s can't be made: %w", s.DataDir, cause(err))}
	}
	l := flock.New(filepath.Join(s.DataDir, "lock"))
	ok, err := l.TryLock()
	if err != nil {
		return nil, mendable{fmt.Errorf("DATA_DIR: the folder %s can't be written to: %w", s.DataDir, cause(err))}
	}
	if !ok {
		return nil, mendable{fmt.Errorf("another Parley is running on the data folder %s; stop it, or set DATA_DIR to another folder", s.DataDir)}
	}
	return func() { _ = l.Unlock() }, nil
}

// cause is why a file can't be used, without its path, which is named already.
func cause(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

func newGateway(context.Context, *system) (begin, error) {
	return func(_ context.Context, s *system, conn *bus.Conn) (part, error) {
		listener := s.front.Handover()
		var g *gateway.Gateway
		g = gateway.New(gateway.Options{
			Listener: listener, Pages: fs.FS(web.Files), VisitorAuth: identity.Mode(s.VisitorAuth), TokenKey: []byte(s.TokenKey), AdminPassword: s.AdminPassword,
			AllowedOrigins: s.origins, TrustedProxies: s.proxies, RatePerConnection: s.RatePerConnection, RatePerAddress: s.RatePerAddress,
			MaxConnections: s.MaxConnections, Room: s.room,
			DrainTime: s.DrainTime, Metrics: s.metrics, ToldElsewhere: s.HealthAddr != "", Tracer: s.tracer, Version: version, Log: s.log,
			Waiting: s.health.Waits,
			Started: func(madeUp string) {
				s.health.but(s.front).Began(g.Ready)
				announce(os.Stdout, s.LogFormat, listener.Addr().String(), madeUp)
				s.runs()
			},
		}, conn)
		return part{run: g.Run}, nil
	}, nil
}

// runs says that this role does its work from now on.
func (s *system) runs() {
	if s.started != nil {
		s.started()
	}
}

func newBotworker(ctx context.Context, s *system) (begin, error) {
	pages := knowledge.Builtin()
	if s.BotKnowledge != "" {
		pages = os.DirFS(s.BotKnowledge)
	}
	index, err := knowledge.Load(ctx, pages)
	if err != nil {
		return nil, fmt.Errorf("BOT_KNOWLEDGE: %w", err)
	}
	if _, err := s.model(); err != nil {
		return nil, errors.Join(err, index.Close())
	}
	for _, w := range index.Warnings() {
		s.log.Warn().Msg("BOT_KNOWLEDGE: " + w)
	}
	return func(_ context.Context, s *system, conn *bus.Conn) (part, error) {
		opts := botworker.Options{Name: s.BotName, DrainTime: s.DrainTime, Version: version, Metrics: s.registerer(), Tracer: s.tracer, Log: s.log}
		thinker := answer.FromKnowledge(index)
		client, err := s.model()
		if err != nil {
			return part{}, err
		}
		if client != nil {
			thinker, opts.Turns = answer.FromModel(client, index, func(id chat.ID, err error) {
				s.log.Error().Str("chat", string(id)).Err(err).Msg("the model failed, handing over to a person")
			}), 20
		}
		worker := botworker.New(opts, conn, thinker)
		run := func(ctx context.Context) error {
			defer func() { _ = index.Close() }()
			s.runs()
			return worker.Run(ctx)
		}
		return part{run, conn.Ready}, nil
	}, nil
}

// model returns a client of the language model, or nil where none is set. Once
// there are figures and traces it has them, which only one client may.
func (s *system) model() (*llm.Client, error) {
	if s.LLMURL == "" {
		return nil, nil
	}
	client, err := llm.New(llm.Config{URL: s.LLMURL, Key: s.LLMKey, Model: s.LLMModel, Metrics: s.registerer(), Tracer: s.tracer})
	if err != nil {
		// What can be wrong with the others was found before.
		return nil, fmt.Errorf("LLM_MODEL: %w", err)
	}
	return client, nil
}

func newEscalation(context.Context, *system) (begin, error) {
	return func(_ context.Context, s *system, conn *bus.Conn) (part, error) {
		worker, err := escalation.New(escalation.Options{
			WaitLimit: s.WaitLimit, AnswerLimit: s.AnswerLimit, IdleLimit: s.IdleLimit, AutoAssign: s.Assign == "auto", Capacity: s.AgentCapacity,
			Version: version, Metrics: s.registerer(), Started: s.runs, Log: s.log,
		}, conn)
		if err != nil {
			return part{}, err
		}
		return part{worker.Run, worker.Ready}, nil
	}, nil
}
