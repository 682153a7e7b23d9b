package main

import (
	"context"
	"fmt"
	mrand "math/rand/v2"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// fleet is all processes of one run.
type fleet struct {
	dir, parley string
	env         []string

	mu      sync.Mutex // guards what follows
	members []*member
	killed  map[string]int // by role
	lost    []string       // stories of processes that ended by themselves
}

// member is one replica of a role; its process changes.
type member struct {
	role, name string
	process    *proc.Process
	base       string // of a gateway that serves
}

func (f *fleet) start(ctx context.Context, o plan) error {
	for role, n := range map[string]int{"gateway": o.gateways, "botworker": o.bots, "escalation": o.escalations, "historyworker": o.histories} {
		for i := range n {
			f.members = append(f.members, &member{role: role, name: fmt.Sprintf("%s-%d", role, i+1)})
		}
	}
	g, _ := errgroup.WithContext(ctx)
	for _, m := range f.members {
		g.Go(func() error { return f.run(ctx, m) })
	}
	return g.Wait()
}

// run starts the member's process.
func (f *fleet) run(ctx context.Context, m *member) error {
	spec := proc.Spec{Name: m.name, Path: f.parley, Args: []string{m.role}, Env: f.env, Dir: f.dir}
	var p *proc.Process
	var base string
	var err error
	if m.role == "gateway" {
		p, base, err = proc.StartGateway(ctx, spec)
	} else {
		p, err = proc.Start(ctx, spec)
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m.process, m.base = p, base
	return nil
}

// gateways returns where the gateways that serve are.
func (f *fleet) gateways() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, m := range f.members {
		if m.base != "" {
			all = append(all, m.base)
		}
	}
	return all
}

// killSome kills a process now and then and starts it again, until the context
// ends. One gateway of several is left alone at any time.
func (f *fleet) killSome(ctx context.Context, every time.Duration) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(every/2 + mrand.N(every)):
		}
		f.mu.Lock()
		m := f.members[mrand.IntN(len(f.members))]
		m.base = ""
		p := m.process
		f.killed[m.role]++
		f.mu.Unlock()
		f.notice(m, p)
		p.Kill()
		// The run outlives this loop, so the new process does too.
		if err := f.run(context.WithoutCancel(ctx), m); err != nil {
			return fmt.Errorf("start %s again: %w", m.name, err)
		}
	}
}

// notice records a process that ended by itself.
func (f *fleet) notice(m *member, p *proc.Process) {
	if p != nil && p.Died() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.lost = append(f.lost, fmt.Sprintf("%s ended by itself:\n%s", m.name, p.Tail()))
	}
}

// stop ends all processes and returns the stories of those that had ended before.
func (f *fleet) stop() []string {
	var wg sync.WaitGroup
	for _, m := range f.members {
		f.notice(m, m.process)
		wg.Go(func() {
			if m.process != nil {
				m.process.Stop(15 * time.Second)
			}
		})
	}
	wg.Wait()
	return f.lost
}

// settings of every process: no limits of rates, since all visitors come from
// one address.
func settings(natsURL, mongoURL, dir string) []string {
	return []string{
		"NATS_URL=" + natsURL, "MONGO_URL=" + mongoURL, "DATA_DIR=" + dir, "ADMIN_PASSWORD=fleet-fleet-fleet",
		"RATE_PER_CONNECTION=100000", "RATE_PER_ADDRESS=10000000", "LOG_LEVEL=info", "LOG_FORMAT=json", "DRAIN_TIME=1s",
	}
}

// neighbours starts the NATS server and the MongoDB-compatible one.
func neighbours(ctx context.Context, o plan, dir string) (natsURL, mongoURL string, stop func(), err error) {
	var running []*proc.Process
	stop = func() {
		for _, p := range running {
			p.Stop(10 * time.Second)
		}
	}
	nats, err := proc.NATS(ctx, dir)
	if err != nil {
		return "", "", stop, err
	}
	p, natsURL, err := proc.StartNATS(ctx, nats, dir, o.sync)
	if err != nil {
		return "", "", stop, err
	}
	running = append(running, p)
	if mongoURL = os.Getenv("MONGO_URL"); mongoURL != "" {
		return natsURL, mongoURL, stop, nil
	}
	ferret, err := proc.Ferret(ctx, dir)
	if err != nil {
		return "", "", stop, err
	}
	if p, mongoURL, err = proc.StartFerret(ctx, ferret, dir); err != nil {
		return "", "", stop, err
	}
	running = append(running, p)
	return natsURL, mongoURL, stop, nil
}
