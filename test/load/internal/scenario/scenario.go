// Package scenario starts the systems that are measured, Parley and the minimal pipeline
// beside it, and says what all commands of this module agree on: how one system is set up
// for clients that all come from one machine, and who they are.
package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/system"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// Spec says what is started.
type Spec struct {
	Label    string
	Program  string // the binary of Parley; "" is the minimal pipeline
	Self     string // the program whose argument "part" runs a process of the pipeline
	Together bool   // all of Parley in one process, else NATS and each role in one of its own
	Sync     string // NATS_SYNC: always, or a time
	Streams  int    // 0: Parley's default, and one for the pipeline
	Nodes    int    // of NATS, each a process; 0 is one
	Profiles bool   // each process serves profiles
	Limited  bool   // Parley keeps its default limits
	Stored   int    // events that are in the store already, of other chats
	Fill     string // the program that stores them
	Dir      string // where its data is; "" is the folder given to Start
	Env      []string
}

// Part is one process of a running system.
type Part struct {
	Name    string
	Process *proc.Process
	Metrics string // base URL of its /metrics and /readyz; "" if it has none
	Pprof   string // where it serves profiles; "" for nowhere
}

// System is a running system. Its processes are killed when the context given to Start
// ends.
type System struct {
	Spec
	Base  string // the gateway's URL
	Parts []Part
	Took  time.Duration // from the start of its first process until it was ready
	dir   string
}

// Pipeline reports whether it is the minimal pipeline.
func (s *System) Pipeline() bool { return s.Program == "" }

// settings of Parley for clients of one machine: without limits unless they are wanted,
// and with the addresses that wire.Forwarded gives them.
func (s Spec) settings(dir string) []string {
	env := []string{"DATA_DIR=" + dir, "NATS_SYNC=" + s.Sync, wire.ThroughUs, "ADMIN_PASSWORD=" + system.AdminPassword, "LOG_LEVEL=warn", "LOG_FORMAT=json"}
	if s.Streams > 0 {
		env = append(env, "STREAMS="+strconv.Itoa(s.Streams))
	}
	if s.Nodes > 1 {
		env = append(env, "NATS_REPLICAS="+strconv.Itoa(s.Nodes))
	}
	if !s.Limited {
		env = append(append(env, "MAX_CONNECTIONS=1000000"), proc.Unlimited...)
	}
	return append(env, s.Env...)
}

// Start starts the system on an empty folder below dir, and returns once it can answer.
func Start(ctx context.Context, spec Spec, dir string) (_ *System, err error) {
	s := &System{Spec: spec}
	if s.dir, err = os.MkdirTemp(cmp.Or(spec.Dir, dir), "parley-data-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Stop()
		}
	}()
	if err := s.fill(ctx); err != nil {
		return nil, err
	}
	began := time.Now()
	switch {
	case s.Pipeline():
		err = s.pipeline(ctx)
	case s.Together:
		err = s.together(ctx)
	default:
		err = s.separate(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Label, err)
	}
	for _, p := range s.Parts {
		if err := p.awaitReady(ctx); err != nil {
			return nil, err
		}
	}
	s.Took = time.Since(began)
	return s, nil
}

// fill puts events of other chats into the store, before anything runs.
func (s *System) fill(ctx context.Context) error {
	if s.Stored == 0 {
		return nil
	}
	data := filepath.Join(s.dir, "parley")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, s.Fill, "-file", filepath.Join(data, "history.db"), "-events", strconv.Itoa(s.Stored))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fill the store: %w\n%s", err, out)
	}
	return nil
}

// Stop ends all processes, and removes what they stored.
func (s *System) Stop() {
	for _, p := range s.Parts {
		p.Process.Stop(20 * time.Second)
	}
	_ = os.RemoveAll(s.dir)
}

// Died returns an error if one of the processes ended by itself.
func (s *System) Died() error {
	for _, p := range s.Parts {
		if p.Process.Died() {
			return fmt.Errorf("the %s of %s ended:\n%s", p.Name, s.Label, p.Process.Tail())
		}
	}
	return nil
}

// pipeline starts the parts of the minimal one.
func (s *System) pipeline(ctx context.Context) error {
	nats, err := s.nats(ctx)
	if err != nil {
		return err
	}
	streams := strconv.Itoa(max(1, s.Streams))
	if s.Base, err = s.part(ctx, "gateway", "http://", "-nats", nats, "-streams", streams, "-nodes", strconv.Itoa(max(1, s.Nodes))); err != nil {
		return err
	}
	_, err = s.part(ctx, "worker", "answering", "-nats", nats, "-streams", streams, "-nodes", strconv.Itoa(max(1, s.Nodes)))
	return err
}

// nats starts the nodes and returns their URLs.
func (s *System) nats(ctx context.Context) (urls string, err error) {
	if s.Nodes < 2 {
		return s.part(ctx, "nats", "nats://", "-dir", filepath.Join(s.dir, "nats"), "-sync", s.Sync)
	}
	ports, err := proc.FreePorts(s.Nodes)
	if err != nil {
		return "", err
	}
	var routes, all []string
	for _, port := range ports {
		routes = append(routes, "nats-route://"+proc.Loopback(port))
	}
	for i, port := range ports {
		name := fmt.Sprintf("nats-%d", i+1)
		one, err := s.part(ctx, "nats", "nats://", "-dir", filepath.Join(s.dir, name), "-sync", s.Sync, "-name", name, "-cluster", strconv.Itoa(port), "-routes", strings.Join(routes, ","))
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, ","), nil
}

// part starts one process of the pipeline and returns the line with which it says that it
// serves.
func (s *System) part(ctx context.Context, name, prefix string, args ...string) (said string, err error) {
	part := Part{Name: name}
	if s.Profiles {
		if part.Pprof, err = freeAddress(); err != nil {
			return "", err
		}
		args = append(args, "-pprof", part.Pprof)
	}
	part.Process, err = proc.Start(ctx, proc.Spec{
		Name: name, Path: s.Self, Args: append([]string{"part", name}, args...), Dir: s.dir,
		Ready: func(line string) bool { said = line; return strings.HasPrefix(line, prefix) },
	})
	if err == nil {
		s.Parts = append(s.Parts, part)
	}
	return said, err
}

// together starts all of Parley in one process.
func (s *System) together(ctx context.Context) error {
	return s.role(ctx, "parley")
}

// separate starts NATS and each role in a process of its own.
func (s *System) separate(ctx context.Context) error {
	nats, err := s.nats(ctx)
	if err != nil {
		return err
	}
	for _, role := range []string{system.Historyworker, system.Escalation, system.Botworker, system.Gateway} {
		if err := s.role(ctx, role, "NATS_URL="+nats); err != nil {
			return err
		}
	}
	return nil
}

// role starts one role, or all of Parley if that is the name.
func (s *System) role(ctx context.Context, name string, env ...string) error {
	health, err := freeAddress()
	if err != nil {
		return err
	}
	part := Part{Name: name, Metrics: "http://" + health}
	env = append(append(s.settings(filepath.Join(s.dir, "parley")), "HEALTH_ADDR="+health), env...)
	if s.Profiles {
		if part.Pprof, err = freeAddress(); err != nil {
			return err
		}
		env = append(env, "PPROF_ADDR="+part.Pprof)
	}
	spec := proc.Spec{Name: name, Path: s.Program, Dir: s.dir, Env: env}
	if name != "parley" {
		spec.Args = []string{name}
	}
	if name == "parley" || name == system.Gateway {
		part.Process, s.Base, err = proc.StartGateway(ctx, spec)
	} else {
		part.Process, err = proc.Start(ctx, spec)
	}
	if err == nil {
		s.Parts = append(s.Parts, part)
	}
	return err
}

// startLimit is how long a process may take until it is ready.
const startLimit = time.Minute

func (p Part) awaitReady(ctx context.Context) error {
	if p.Metrics == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := ready(ctx, p.Metrics)
		if err == nil {
			return nil
		}
		if p.Process.Died() {
			return fmt.Errorf("%s ended before it was ready:\n%s", p.Name, p.Process.Tail())
		}
		if !wire.Wait(ctx, 5*time.Millisecond) {
			return fmt.Errorf("%s was not ready within %v: %w\n%s", p.Name, startLimit, err, p.Process.Tail())
		}
	}
}

func ready(ctx context.Context, base string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

func freeAddress() (string, error) {
	ports, err := proc.FreePorts(1)
	if err != nil {
		return "", err
	}
	return proc.Loopback(ports[0]), nil
}
