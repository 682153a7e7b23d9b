package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/compose/internal/docker"
	"github.com/parley-chat/parley/test/internal/story"
	"github.com/parley-chat/parley/test/internal/talk"
)

// browsed plays the story in real browsers while a crowd talks to three bots: first
// undisturbed, then with the visitor's gateway killed in each part of it. The agent is
// at the other gateway.
func (r *run) browsed(ctx context.Context) ([]*talk.Visitor, error) {
	return r.underLoad(ctx, "s", true, func(ctx context.Context) error {
		if err := r.scale(ctx, 3, 2); err != nil {
			return err
		}
		if err := r.play(ctx, "with the bot, in line, with a person, with the bot again", "PARLEY_PICTURES="+r.pictures); err != nil {
			return err
		}
		gateway, err := r.gatewayAt(ctx, r.ports[0])
		if err != nil {
			return err
		}
		if err := r.play(ctx, "the visitor's gateway killed in each part of it", "PARLEY_INTERRUPT="+r.project.KillCommand(gateway)); err != nil {
			return err
		}
		return r.scale(ctx, 1, 1)
	})
}

// play plays the story at the two gateways.
func (r *run) play(ctx context.Context, how string, more ...string) error {
	began := time.Now()
	if err := story.Play(ctx, r.root, r.gateways(), adminPassword, more...); err != nil {
		return fmt.Errorf("%s: %w", how, err)
	}
	r.say("  The story in two real browsers, %s: %.1f s.", how, time.Since(began).Seconds())
	return nil
}

// gatewayAt is the gateway that is published at a port of this machine.
func (r *run) gatewayAt(ctx context.Context, port int) (docker.Container, error) {
	all, err := r.project.Containers(ctx, "gateway")
	if err != nil {
		return docker.Container{}, err
	}
	for _, c := range all {
		at, err := r.client.Do(ctx, "port", c.ID, "8080/tcp")
		if err != nil {
			return docker.Container{}, err
		}
		if strings.HasSuffix(at, fmt.Sprintf(":%d", port)) {
			return c, nil
		}
	}
	return docker.Container{}, fmt.Errorf("no gateway is published at the port %d", port)
}
