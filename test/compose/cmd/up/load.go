package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
)

const crowd = 20

// scaled has a crowd talk while services get more replicas, each container is killed
// once, and services get fewer replicas again. It returns the crowd.
func (r *run) scaled(ctx context.Context) ([]*talk.Visitor, error) {
	return r.underLoad(ctx, "b", true, func(ctx context.Context) error {
		if err := r.scale(ctx, 3, 2); err != nil {
			return err
		}
		if err := r.killed(ctx, "botworker", "gateway", "escalation", "historyworker", "nats", "mongo"); err != nil {
			return err
		}
		return r.scale(ctx, 1, 1)
	})
}

func (r *run) scale(ctx context.Context, bots, gateways int) error {
	began := time.Now()
	_, err := r.project.Compose(ctx, "up", "-d", "--no-recreate", "--scale", fmt.Sprintf("botworker=%d", bots), "--scale", fmt.Sprintf("gateway=%d", gateways))
	if err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single-2+bots+gateways); err != nil {
		return err
	}
	r.say("  scaled to botworker=%d gateway=%d in %.1f s", bots, gateways, time.Since(began).Seconds())
	return nil
}

// underLoad has a crowd talk to the bot while do runs, and checks what it saw. If
// gateways die, all of the crowd must have reconnected.
func (r *run) underLoad(ctx context.Context, prefix string, gatewaysDie bool, do func(ctx context.Context) error) ([]*talk.Visitor, error) {
	visitors := talk.Crowd(crowd, prefix, r.gateways)
	r.say("%d visitors talk to the bot, each twice a second, while", crowd)
	figures, err := talk.While(ctx, answerLimit, visitors, do)
	if err != nil {
		return visitors, err
	}
	if gatewaysDie && figures.Returns < crowd {
		return visitors, fmt.Errorf("gateways died, and only %d connections were made again", figures.Returns)
	}
	r.say("Nothing was lost, doubled or out of order: %v.", figures)
	return visitors, nil
}
