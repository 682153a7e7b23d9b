package system

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/parley-chat/parley/test/load/internal/proc"
)

// KillAll is kill -9 for every member of a role at once, for all if it is "", also for those that are
// paused.
func (s *System) KillAll(role string) error {
	errs := make([]error, len(s.members))
	var all sync.WaitGroup
	for i, m := range s.members {
		if role != "" && m.role != role {
			continue
		}
		all.Go(func() { errs[i] = s.Kill(m.name) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// StartAll starts again every member that is down: NATS and the store first, and the roles once
// these are there.
func (s *System) StartAll(ctx context.Context) error {
	for _, roles := range [][]string{{NATS, StoreServer}, {Botworker, Escalation, Historyworker, Gateway}} {
		for _, role := range roles {
			for _, name := range s.Members(role) {
				if err := s.StartAgain(name); err != nil {
					return err
				}
			}
		}
		if err := s.AwaitNATS(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Rescue starts a NATS server at an address of its own on the disks of the only node, which has to be
// down. The caller ends the process before the node starts again.
func (s *System) Rescue(ctx context.Context) (url string, p *proc.Process, err error) {
	if len(s.nodes) != 1 {
		return "", nil, fmt.Errorf("rescue the disks of %d nodes: there has to be one", len(s.nodes))
	}
	ports, err := proc.FreePorts(2)
	if err != nil {
		return "", nil, err
	}
	node := s.nodes[0]
	node.Client, node.Monitor = ports[0], ports[1]
	p, err = node.Start(ctx)
	return node.URL(), p, err
}
