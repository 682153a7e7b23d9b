package main

import (
	"context"
	"time"
)

// cluster brings the file up with the profile of that name, from nothing, and
// kills nodes of NATS one at a time.
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
		return r.killed(ctx, "nats", "nats-2", "nats-3")
	})
	return err
}
