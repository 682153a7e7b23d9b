package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// scale changes a Deployment's number of replicas, and waits until there are that many
// and all are ready.
func (r *run) scale(ctx context.Context, name string, replicas int) error {
	began := time.Now()
	if _, err := r.k.Parley(ctx, "scale", "deployment", name, "--replicas", fmt.Sprint(replicas)); err != nil {
		return err
	}
	if err := r.allReady(ctx, name, replicas, ""); err != nil {
		return err
	}
	r.say("  %s has %d replicas after %s", name, replicas, seconds(began))
	return nil
}

// scaled adds replicas to roles and removes them again.
func (r *run) scaled(ctx context.Context) error {
	return r.underLoad(ctx, "scaled", false, func(ctx context.Context) error {
		for _, step := range []struct {
			name string
			to   int
		}{{"botworker", 4}, {"gateway", 3}, {"botworker", 1}, {"gateway", 1}} {
			if err := r.scale(ctx, step.name, step.to); err != nil {
				return err
			}
		}
		return nil
	})
}

// killed deletes one pod of each kind at once, without a graceful shutdown.
func (r *run) killed(ctx context.Context) error {
	return r.underLoad(ctx, "killed", true, func(ctx context.Context) error {
		for _, app := range []string{"botworker", "gateway", "escalation", "historyworker", "nats", "mongo"} {
			all, err := r.pods(ctx, app)
			if err != nil {
				return err
			}
			victim, err := r.one(ctx, app)
			if err != nil {
				return err
			}
			began := time.Now()
			if _, err := r.k.Parley(ctx, "delete", "pod", victim.name, "--force", "--grace-period=0"); err != nil {
				return err
			}
			if err := r.allReady(ctx, app, len(all), victim.uid); err != nil {
				return err
			}
			r.say("  killed a pod of %s: another is ready after %s", app, seconds(began))
		}
		return nil
	})
}

// restarted restarts everything that can be restarted without visitors noticing.
// MongoDB is not included: here it has one member.
func (r *run) restarted(ctx context.Context) error {
	return r.underLoad(ctx, "renewed", true, func(ctx context.Context) error {
		for _, w := range []string{"deployment/botworker", "deployment/gateway", "deployment/escalation", "deployment/historyworker", "statefulset/nats"} {
			began := time.Now()
			if _, err := r.k.Parley(ctx, "rollout", "restart", w); err != nil {
				return err
			}
			if _, err := r.k.Parley(ctx, "rollout", "status", w, "--timeout", upLimit.String()); err != nil {
				return err
			}
			r.say("  renewed %s in %s", w, seconds(began))
		}
		return nil
	})
}

// drained drains a node as for maintenance. The NATS pod on it has its volume there,
// and so waits for the node.
func (r *run) drained(ctx context.Context) error {
	return r.underLoad(ctx, "drained", false, func(ctx context.Context) error {
		n := r.nodes[1]
		had, err := r.on(ctx, n.Name)
		if err != nil {
			return err
		}
		began := time.Now()
		if _, err := r.k.Do(ctx, "drain", n.Name, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout", upLimit.String()); err != nil {
			return err
		}
		r.say("  drained a node in %s; it had %s", seconds(began), had)
		took, err := r.newcomer(ctx)
		if err != nil {
			return err
		}
		r.say("  a newcomer is answered after %.1f s meanwhile", took.Seconds())
		began = time.Now()
		if _, err := r.k.Do(ctx, "uncordon", n.Name); err != nil {
			return err
		}
		if err := r.settled(ctx); err != nil {
			return err
		}
		r.say("  uncordoned: everything is ready after %s", seconds(began))
		return nil
	})
}

// on names Parley's pods on a node.
func (r *run) on(ctx context.Context, node string) (string, error) {
	lines, err := r.k.Lines(ctx, "get", "pods", "--field-selector", "status.phase=Running,spec.nodeName="+node, "-o", `jsonpath={range .items[*]}{.metadata.labels.app}{"\n"}{end}`)
	return strings.Join(lines, ", "), err
}

// nodeKilled cuts the power of a node, and restores it.
func (r *run) nodeKilled(ctx context.Context) error {
	n := r.nodes[2]
	return r.underLoad(ctx, "cut off", false, func(ctx context.Context) error {
		// Otherwise all pods of a role might be on that node until it is given up.
		for _, name := range []string{"botworker", "gateway"} {
			if err := r.scale(ctx, name, 2); err != nil {
				return err
			}
		}
		had, err := r.on(ctx, n.Name)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := n.Kill(ctx); err != nil {
			return err
		}
		took, err := r.newcomer(ctx)
		if err != nil {
			return err
		}
		r.say("  killed a node with %s; a newcomer of that moment is answered after %.1f s", had, took.Seconds())
		if err := r.k.Until(ctx, upLimit, "the dead node is noticed", "Unknown", "get", "node", n.Name, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`); err != nil {
			return err
		}
		r.say("  Kubernetes takes it for dead after %s", seconds(began))
		began = time.Now()
		if err := n.Revive(ctx); err != nil {
			return err
		}
		if _, err := r.k.Do(ctx, "wait", "--for=condition=Ready", "node/"+n.Name, "--timeout", readyLimit); err != nil {
			return err
		}
		if err := r.settled(ctx); err != nil {
			return err
		}
		r.say("  with its power back everything is ready after %s", seconds(began))
		for _, name := range []string{"botworker", "gateway"} {
			if err := r.scale(ctx, name, 1); err != nil {
				return err
			}
		}
		return nil
	})
}
