package system

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/proc"
)

// stopLimit is how long a process may take to end after SIGTERM.
const stopLimit = time.Minute

// System is a whole Parley. After Start its methods may be called concurrently; those
// that act on the same member wait for each other.
type System struct {
	opts    Options
	members []*member // in the order in which they start
	nodes   []proc.Node
	gates   []string                    // base URLs of the gateways
	routes  map[[2]string]*network.Line // from a node to a node
	store   keeper

	running context.Context // of the processes
	end     context.CancelFunc
	wg      sync.WaitGroup // of the goroutines that watch processes

	mu     sync.Mutex // guards what follows
	faults []string
}

// New returns a system that does not run yet.
func New(o Options) *System {
	if o.Sync == "" {
		o.Sync = "always"
	}
	if o.Store == "" {
		o.Store = SQLite
	}
	if o.Streams == 0 {
		o.Streams = 8
	}
	return &System{opts: o, routes: map[[2]string]*network.Line{}}
}

// Start starts everything and returns when all gateways are ready. The processes are
// killed when the context ends. The caller calls Stop in any case, even after an error.
func (s *System) Start(ctx context.Context) error {
	s.running, s.end = context.WithCancel(ctx)
	if err := s.opts.check(); err != nil {
		return fmt.Errorf("start the system: %w", err)
	}
	for _, dir := range []string{s.logs(), s.data()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("start the system: %w", err)
		}
	}
	for _, lay := range []func(context.Context) error{s.layNATS, s.layStore, s.layRoles} {
		if err := lay(ctx); err != nil {
			return fmt.Errorf("prepare the system: %w", err)
		}
	}
	// The roles start when NATS and the store are up, so that no start is slow.
	for _, roles := range [][]string{{NATS, StoreServer}, {Gateway, Botworker, Escalation, Historyworker}} {
		g, _ := errgroup.WithContext(ctx)
		for _, m := range s.members {
			if slices.Contains(roles, m.role) {
				g.Go(func() error { return s.run(m) })
			}
		}
		if err := g.Wait(); err != nil {
			return err
		}
		if err := s.AwaitNATS(ctx); err != nil {
			return err
		}
	}
	return s.AwaitReady(ctx)
}

// Stop ends all processes, the roles first, and closes the lines. It returns the faults:
// one for each process that ended by itself or did not end.
func (s *System) Stop() []string {
	if s.end == nil {
		return nil
	}
	for _, roles := range [][]string{{Gateway, Botworker, Escalation, Historyworker}, {NATS, StoreServer}} {
		var wg sync.WaitGroup
		for _, m := range s.members {
			if slices.Contains(roles, m.role) {
				wg.Go(func() { s.report(s.terminate(m)) })
			}
		}
		wg.Wait()
	}
	s.end()
	s.wg.Wait()
	if s.store != nil {
		s.report(s.store.close())
	}
	for _, m := range s.members {
		for _, l := range m.lines {
			s.report(l.Close())
		}
	}
	for _, l := range s.routes {
		s.report(l.Close())
	}
	return s.Faults()
}

// Faults returns the processes that have ended by themselves so far or did not end when
// they had to, each with the end of its log.
func (s *System) Faults() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

func (s *System) report(err error) {
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = append(s.faults, err.Error())
	}
}

// Gateways returns the base URLs of all gateways, whether they run or not.
func (s *System) Gateways() []string { return slices.Clone(s.gates) }

// NATSURL returns the harness's own address of NATS, without any line between.
func (s *System) NATSURL() string {
	var url string
	for i, n := range s.nodes {
		if i > 0 {
			url += ","
		}
		url += n.URL()
	}
	return url
}

// Members returns the names of a role's members, of all members if it is "".
func (s *System) Members(role string) []string {
	var names []string
	for _, m := range s.members {
		if role == "" || role == m.role {
			names = append(names, m.name)
		}
	}
	return names
}

func (s *System) logs() string { return filepath.Join(s.opts.Dir, "logs") }
func (s *System) data() string { return filepath.Join(s.opts.Dir, "data") }

// errUnknown says that no member has that name.
var errUnknown = errors.New("there is no such member")

func (s *System) member(name string) (*member, error) {
	for _, m := range s.members {
		if m.name == name {
			return m, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", name, errUnknown)
}
