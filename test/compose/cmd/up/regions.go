package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
)

// perRegion is how many containers the profile regions adds.
const perRegion = 6

// regions brings the file up from nothing, with the profile regions: visitors of each region
// talk to the bot at home and to a person who is signed in elsewhere, and while the NATS server
// of one region is down the other one goes on.
func (r *run) regions(ctx context.Context) error {
	if _, err := r.project.Compose(ctx, "down", "--volumes"); err != nil {
		return err
	}
	ports, err := freePorts()
	if err != nil {
		return err
	}
	list := "eu=nats://parley:natspassword@nats:4222;ap=nats://parley:natspassword@nats-ap:4222"
	err = r.writeEnv("COMPOSE_PROFILES=regions", "REGION=eu", "REGIONS="+list, "TOKEN_KEY="+strings.Repeat("k", 40), fmt.Sprintf("GATEWAY_AP_PORTS=127.0.0.1:%d", ports[0]))
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := r.project.Compose(ctx, "up", "-d"); err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single+perRegion); err != nil {
		return err
	}
	r.say("The profile regions: %d containers are healthy after %.1f s.", single+perRegion, time.Since(began).Seconds())
	eu, ap := r.gateways, func() []string { return []string{fmt.Sprintf("http://127.0.0.1:%d", ports[0])} }
	signIn := func(at func() []string) func(context.Context) (*talk.Agent, error) {
		return func(ctx context.Context) (*talk.Agent, error) {
			return talk.SignIn(ctx, at()[0], "admin", adminPassword)
		}
	}
	met := &talk.Visitor{Name: "Met in ap", Gateways: ap}
	if err := talk.Conversation(ctx, answerLimit, met, signIn(eu)); err != nil {
		return fmt.Errorf("a visitor of ap and an agent in eu: %w", err)
	}
	if err := talk.Conversation(ctx, answerLimit, &talk.Visitor{Name: "Met in eu", Gateways: eu}, signIn(ap)); err != nil {
		return fmt.Errorf("a visitor of eu and an agent in ap: %w", err)
	}
	r.say("  A visitor of each region talked to the bot at home and to a person who is in the other one.")
	if _, err := r.project.Compose(ctx, "stop", "nats-ap"); err != nil {
		return err
	}
	if err := talk.Conversation(ctx, answerLimit, &talk.Visitor{Name: "Meanwhile", Gateways: eu}, signIn(eu)); err != nil {
		return fmt.Errorf("while ap's NATS is down: %w", err)
	}
	if _, err := r.project.Compose(ctx, "start", "nats-ap"); err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single+perRegion); err != nil {
		return err
	}
	before := len(met.Events())
	after, err := met.ReadAgain(ctx)
	if err != nil || len(after) != before {
		return errors.Join(err, fmt.Errorf("a chat of ap had %d events before its NATS was down, and has %d", before, len(after)))
	}
	r.say("  While ap's NATS was down a visitor of eu talked to the bot and a person; ap's chat has all its %d events.", before)
	return nil
}
