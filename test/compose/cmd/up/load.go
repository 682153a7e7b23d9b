package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
)

const (
	crowd = 20
	pace  = 500 * time.Millisecond // between two messages of one visitor
)

// scaled has a crowd talk while services get more replicas, lose each one by a
// kill, and get fewer again. It returns the crowd.
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

// underLoad has a crowd talk to the bot while do is done, and checks what they saw.
// Where the gateways die, all of the crowd have to have come back.
func (r *run) underLoad(ctx context.Context, prefix string, gatewaysDie bool, do func(ctx context.Context) error) ([]*talk.Visitor, error) {
	var visitors []*talk.Visitor
	for i := range crowd {
		v := &talk.Visitor{Name: fmt.Sprintf("%s %d", prefix, i), Gateways: r.gateways()}
		if i%2 == 1 {
			v.Gateways[0], v.Gateways[1] = v.Gateways[1], v.Gateways[0]
		}
		visitors = append(visitors, v)
	}
	r.say("%d visitors talk to the bot, each twice a second, while", crowd)
	return visitors, r.with(ctx, visitors, func(ctx context.Context) error {
		speaking, quiet := context.WithCancel(ctx)
		spoken := make(chan struct{})
		go func() { defer close(spoken); speak(speaking, visitors) }()
		err := do(ctx)
		quiet()
		<-spoken
		if err != nil {
			return err
		}
		figures, err := talk.Settle(ctx, answerLimit, visitors)
		if err != nil {
			return err
		}
		if gatewaysDie && figures.Returns < crowd {
			return fmt.Errorf("gateways died, and only %d connections were made again", figures.Returns)
		}
		r.say("Nothing was lost, doubled or out of order: %v.", figures)
		return nil
	})
}

// speak has all visitors speak, one after the other, until the context ends.
func speak(ctx context.Context, visitors []*talk.Visitor) {
	tick := time.NewTicker(pace / time.Duration(len(visitors)))
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			visitors[n%len(visitors)].Say(fmt.Sprintf("m%d", n), fmt.Sprintf("Message %d: how do I start Parley?", n))
		}
	}
}
