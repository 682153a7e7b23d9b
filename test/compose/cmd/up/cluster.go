package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// cluster brings the file up from nothing, with the profile cluster, and kills NATS
// nodes one at a time.
func (r *run) cluster(ctx context.Context) error {
	if _, err := r.project.Compose(ctx, "down", "--volumes"); err != nil {
		return err
	}
	if err := r.writeEnv("COMPOSE_PROFILES=cluster", "NATS_REPLICAS=3"); err != nil {
		return err
	}
	began := time.Now()
	if _, err := r.project.Compose(ctx, "up", "-d"); err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single+2); err != nil {
		return err
	}
	r.say("The profile cluster: %d containers are healthy after %.1f s.", single+2, time.Since(began).Seconds())
	_, err := r.underLoad(ctx, "c", false, func(ctx context.Context) error {
		if err := r.killed(ctx, "nats", "nats-2", "nats-3"); err != nil {
			return err
		}
		return r.balanced(ctx)
	})
	return err
}

// balanced spreads the leaders over the nodes, once all of them have caught up.
func (r *run) balanced(ctx context.Context) error {
	began := time.Now()
	var said string
	err := wait.Until(ctx, upLimit, "what the nodes lead is balanced", func(ctx context.Context) string {
		var err error
		if said, err = r.project.Compose(ctx, "run", "-T", "--rm", "--no-deps", "botworker", "setup", "balance"); err != nil {
			return err.Error()
		}
		return ""
	})
	if err != nil {
		return err
	}
	_, even, found := strings.Cut(said, "All is even")
	if !found {
		return fmt.Errorf("parley setup balance says %q", said)
	}
	r.say("  What they lead is even after %.1f s (%d moves)%s", time.Since(began).Seconds(), strings.Count(said, " goes from "), strings.TrimSpace(even))
	return nil
}
