package system

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/network"
	"github.com/parley-chat/parley/test/load/internal/proc"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// layNATS prepares the nodes and a line from each to each other.
func (s *System) layNATS(ctx context.Context) error {
	program, err := proc.NATS(ctx, s.opts.Dir)
	if err != nil {
		return err
	}
	n := s.opts.nodes()
	ports, err := proc.FreePorts(3 * n)
	if err != nil {
		return err
	}
	for i := range n {
		node := proc.Node{
			Name: fmt.Sprintf("%s-%d", NATS, i+1), Program: program, Dir: s.opts.Dir, Logs: s.logs(), Sync: s.opts.Sync,
			Client: ports[3*i], Monitor: ports[3*i+1],
		}
		if n > 1 {
			node.Cluster = ports[3*i+2]
		}
		s.nodes = append(s.nodes, node)
	}
	for i := range s.nodes {
		from := &s.nodes[i]
		for _, to := range s.nodes {
			if from.Name == to.Name {
				continue
			}
			line, err := network.NewLine(proc.Loopback(to.Cluster))
			if err != nil {
				return err
			}
			s.routes[[2]string{from.Name, to.Name}] = line
			from.Routes = append(from.Routes, line.Addr())
		}
		s.members = append(s.members, &member{name: from.Name, role: NATS, start: from.Start})
	}
	return nil
}

// layRoles prepares the replicas, each with a line to each NATS node.
func (s *System) layRoles(context.Context) error {
	ports, err := proc.FreePorts(s.opts.Gateways + s.opts.Bots + s.opts.Escalations + s.opts.Histories)
	if err != nil {
		return err
	}
	next := func() string {
		addr := proc.Loopback(ports[0])
		ports = ports[1:]
		return addr
	}
	for _, r := range []struct {
		role     string
		replicas int
	}{{Historyworker, s.opts.Histories}, {Botworker, s.opts.Bots}, {Escalation, s.opts.Escalations}, {Gateway, s.opts.Gateways}} {
		for i := range r.replicas {
			m := &member{name: fmt.Sprintf("%s-%d", r.role, i+1), role: r.role, program: s.opts.Program}
			s.members = append(s.members, m)
			var urls []string
			for _, node := range s.nodes {
				line, err := network.NewLine(proc.Loopback(node.Client))
				if err != nil {
					return err
				}
				m.lines = append(m.lines, line)
				urls = append(urls, "nats://"+line.Addr())
			}
			env := append(s.settings(), "NATS_URL="+strings.Join(urls, ","))
			if r.role == Gateway {
				m.at = "http://" + next()
				env = append(env, "ADDR="+strings.TrimPrefix(m.at, "http://"))
				s.gates = append(s.gates, m.at)
			} else if s.opts.Figures {
				m.at = "http://" + next()
				env = append(env, "HEALTH_ADDR="+strings.TrimPrefix(m.at, "http://"))
			}
			spec := proc.Spec{Name: m.name, Args: []string{r.role}, Dir: s.logs(), Env: env}
			m.start = func(ctx context.Context) (*proc.Process, error) {
				spec := spec
				spec.Path = m.runs()
				return proc.Start(ctx, spec)
			}
		}
	}
	return nil
}

// settings of every role: no limits of frames, since clients hurry. Whoever is to have an
// address of its own says so in X-Forwarded-For.
func (s *System) settings() []string {
	env := append([]string{"ADMIN_PASSWORD=" + AdminPassword, wire.ThroughUs, "LOG_LEVEL=info", "LOG_FORMAT=json", "DRAIN_TIME=1s"}, proc.Unlimited...)
	env = append(env, s.opts.Env...)
	return append(env, "DATA_DIR="+s.data(), "MONGO_URL="+s.store.url(),
		"STREAMS="+strconv.Itoa(s.opts.Streams), "NATS_REPLICAS="+strconv.Itoa(s.opts.nodes()))
}

// Figures returns where a role's replica shows its metrics, as a base URL. Without
// Options.Figures only gateways do.
func (s *System) Figures(name string) (string, error) {
	m, err := s.member(name)
	if err != nil {
		return "", fmt.Errorf("find the figures: %w", err)
	}
	if m.at == "" {
		return "", fmt.Errorf("find the figures of %s: it shows none", name)
	}
	return m.at, nil
}

// Lines returns the lines of a role's replica to the NATS nodes: to nats-1 first.
func (s *System) Lines(name string) ([]*network.Line, error) {
	m, err := s.member(name)
	if err != nil {
		return nil, fmt.Errorf("find the lines: %w", err)
	}
	if len(m.lines) == 0 {
		return nil, fmt.Errorf("find the lines of %s: it has none to NATS", name)
	}
	return m.lines, nil
}

// errNoRoute says that there is no line between two nodes.
var errNoRoute = errors.New("there is no route between them")

// Routes returns the two lines between two NATS nodes: each node connects to the other,
// so both lines are broken to separate them.
func (s *System) Routes(a, b string) ([]*network.Line, error) {
	there, back := s.routes[[2]string{a, b}], s.routes[[2]string{b, a}]
	if there == nil || back == nil {
		return nil, fmt.Errorf("find the lines of %s and %s: %w", a, b, errNoRoute)
	}
	return []*network.Line{there, back}, nil
}
