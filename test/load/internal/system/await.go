package system

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// look is the time between two looks at a condition, and lookLimit how long one may
// take.
const (
	look      = 100 * time.Millisecond
	lookLimit = 2 * time.Second
)

// until checks again and again whether a condition holds: try returns why not.
func until(ctx context.Context, what string, try func(context.Context) error) error {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		once, cancel := context.WithTimeout(ctx, lookLimit)
		err := try(once)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w; the last look: %w", what, ctx.Err(), err)
		}
	}
}

// AwaitNATS waits until JetStream answers: in a cluster, until there is a leader.
func (s *System) AwaitNATS(ctx context.Context) error {
	return until(ctx, "NATS", func(ctx context.Context) error {
		return s.ask(func(js jetstream.JetStream) error {
			_, err := js.AccountInfo(ctx)
			return err
		})
	})
}

// AwaitReady waits until all running gateways are ready and the store is up.
func (s *System) AwaitReady(ctx context.Context) error {
	for _, m := range s.members {
		if p, paused := m.now(); m.role == Gateway && p != nil && !paused {
			if err := s.AwaitGateway(ctx, m.name); err != nil {
				return err
			}
		}
	}
	return until(ctx, "the store", s.store.there)
}

// AwaitGateway waits until one gateway is ready.
func (s *System) AwaitGateway(ctx context.Context, name string) error {
	names := s.Members(Gateway)
	for i, base := range s.gates {
		if names[i] == name {
			return until(ctx, name, func(ctx context.Context) error { return ready(ctx, base) })
		}
	}
	return fmt.Errorf("wait for %s: %w", name, errUnknown)
}

func ready(ctx context.Context, base string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return fmt.Errorf("ask %s whether it is ready: %w", base, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask %s whether it is ready: %w", base, err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is not ready: %s", base, resp.Status)
	}
	return nil
}

// Leader returns the name of the NATS node that leads the stream.
func (s *System) Leader(ctx context.Context, stream string) (string, error) {
	var leader string
	err := s.ask(func(js jetstream.JetStream) error {
		ctx, cancel := context.WithTimeout(ctx, lookLimit)
		defer cancel()
		str, err := js.Stream(ctx, stream) // the leader answers
		if err != nil {
			return fmt.Errorf("ask who leads %s: %w", stream, err)
		}
		leader = s.nodes[0].Name
		if c := str.CachedInfo().Cluster; c != nil && len(s.nodes) > 1 {
			leader = c.Leader
		}
		if leader == "" {
			return fmt.Errorf("ask who leads %s: nobody does", stream)
		}
		return nil
	})
	return leader, err
}

// ask asks the running nodes in turn until one answers.
func (s *System) ask(question func(jetstream.JetStream) error) error {
	faults := []string{}
	for _, node := range s.nodes {
		m, err := s.member(node.Name)
		if err != nil {
			return err
		}
		if p, paused := m.now(); p == nil || paused {
			continue
		}
		if err := askNode(node, question); err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", node.Name, err))
			continue
		}
		return nil
	}
	if len(faults) == 0 {
		return fmt.Errorf("no NATS node runs")
	}
	return fmt.Errorf("no NATS node can tell: %s", strings.Join(faults, "; "))
}

func askNode(node proc.Node, question func(jetstream.JetStream) error) error {
	nc, err := nats.Connect(node.URL(), nats.Timeout(lookLimit), nats.NoReconnect())
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(lookLimit))
	if err != nil {
		return fmt.Errorf("use JetStream: %w", err)
	}
	return question(js)
}
