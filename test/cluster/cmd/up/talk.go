package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
)

const (
	// answerLimit is how long an answer may take while processes die and the bot then
	// works off its backlog.
	answerLimit = 4 * time.Minute
	crowd       = 20
)

// gateways returns the addresses of the way in, one through each node.
func (r *run) gateways() (urls []string) {
	for _, f := range r.forwards {
		urls = append(urls, f.URL)
	}
	return urls
}

// conversation has a visitor talk with the bot and with a person.
func (r *run) conversation(ctx context.Context) error {
	r.first = &talk.Visitor{Name: "Ada", Gateways: r.gateways}
	err := talk.Conversation(ctx, answerLimit, r.first, func(ctx context.Context) (*talk.Agent, error) {
		return talk.SignIn(ctx, r.gateways()[1], "admin", r.password)
	})
	if err == nil {
		r.say("A conversation through the Service: bot, escalation, a person, bot again.")
	}
	return err
}

// newcomer has a new visitor arrive through any node, and returns how long the answer
// took.
func (r *run) newcomer(ctx context.Context) (took time.Duration, err error) {
	r.newcomers++ // nobody gets a name that is already taken
	v := &talk.Visitor{Name: fmt.Sprintf("newcomer %d", r.newcomers), Gateways: r.gateways}
	began := time.Now()
	err = talk.With(ctx, []*talk.Visitor{v}, func(ctx context.Context) error {
		v.Say("m1", "How do I start Parley?")
		_, err := talk.Settle(ctx, answerLimit, []*talk.Visitor{v})
		took = time.Since(began)
		return err
	})
	return took, err
}

// underLoad has a crowd talk to the bot while do runs, and checks what the crowd saw.
// If the gateways die, everyone in the crowd must have come back.
func (r *run) underLoad(ctx context.Context, prefix string, gatewaysDie bool, do func(ctx context.Context) error) error {
	r.say("%d visitors talk to the bot, each twice a second, while", crowd)
	figures, err := talk.While(ctx, answerLimit, talk.Crowd(crowd, prefix, r.gateways), do)
	if err != nil {
		return err
	}
	if gatewaysDie && figures.Returns < crowd {
		return fmt.Errorf("gateways were killed, but only %d connections were re-established", figures.Returns)
	}
	r.say("Nothing was lost, doubled or out of order: %v.", figures)
	return nil
}
