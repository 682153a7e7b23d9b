package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/compose/internal/docker"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/wait"
)

const (
	// upLimit is how long a project may take until everything is healthy.
	upLimit = 3 * time.Minute
	// answerLimit is how long an answer may take while processes die.
	answerLimit = 90 * time.Second
	// adminPassword is that of composefile.Passwords.
	adminPassword = "adminpassword"
	// single is how many containers the file has without a profile.
	single = 6
)

func (r *run) up(ctx context.Context) error {
	if err := r.built(ctx); err != nil {
		return err
	}
	began := time.Now()
	if _, err := r.project.Compose(ctx, "up", "-d"); err != nil {
		return err
	}
	if err := r.project.Healthy(ctx, upLimit, single); err != nil {
		return err
	}
	r.say("Up: all %d containers are healthy after %.1f s, the build not counted.", single, time.Since(began).Seconds())
	return nil
}

// built has compose build the image if it is missing.
func (r *run) built(ctx context.Context) error {
	if _, has := r.client.Image(ctx, product, "parley.none"); has {
		return nil
	}
	if _, err := r.project.Compose(ctx, "build"); err != nil {
		return err
	}
	r.say("Compose built the image.")
	return nil
}

// gateways are the possible addresses of gateways; with only one gateway, the other port
// does not answer.
func (r *run) gateways() []string {
	return []string{fmt.Sprintf("http://127.0.0.1:%d", r.ports[0]), fmt.Sprintf("http://127.0.0.1:%d", r.ports[1])}
}

// conversation has a visitor talk to the bot and to a person. It returns the visitor.
func (r *run) conversation(ctx context.Context) (*talk.Visitor, error) {
	ada := &talk.Visitor{Name: "Ada", Gateways: r.gateways}
	if err := talk.Conversation(ctx, answerLimit, ada, r.signIn); err != nil {
		return nil, err
	}
	r.say("A conversation through the published port: bot, escalation, a person, bot again.")
	return ada, nil
}

func (r *run) signIn(ctx context.Context) (admin *talk.Agent, err error) {
	for _, base := range r.gateways() {
		if admin, err = talk.SignIn(ctx, base, "admin", adminPassword); err == nil {
			return admin, nil
		}
	}
	return nil, err
}

// downAndUp takes everything down except the volumes, brings it up, and looks for all
// chats.
func (r *run) downAndUp(ctx context.Context, visitors []*talk.Visitor) error {
	if _, err := r.project.Compose(ctx, "down"); err != nil {
		return err
	}
	left, err := r.project.Containers(ctx, "")
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("down left %d containers", len(left))
	}
	if err != nil {
		return err
	}
	if err := r.up(ctx); err != nil {
		return err
	}
	total, again := 0, 0
	for _, v := range visitors {
		want := v.Events()
		got, err := v.ReadAgain(ctx)
		if err != nil {
			return err
		}
		same := func(a, b talk.Frame) bool { return a.Seq == b.Seq && a.Kind == b.Kind && a.Text == b.Text }
		if !slices.EqualFunc(want, got, same) {
			return fmt.Errorf("%s had %d events before down and up, and has %d now, or others", v.Name, len(want), len(got))
		}
		total += len(got)
		again += v.Again
	}
	r.say("Down and up again: all %d chats are there, with all their %d events; %d pages were asked for again.", len(visitors), total, again)
	return nil
}

// killed kills every container of the services, one at a time, and waits until it
// is healthy again.
func (r *run) killed(ctx context.Context, services ...string) error {
	for _, service := range services {
		all, err := r.project.Containers(ctx, service)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return fmt.Errorf("there is no container of %s to kill", service)
		}
		for _, c := range all {
			if err := r.kill(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) kill(ctx context.Context, c docker.Container) error {
	before, err := r.project.Started(ctx, c)
	if err != nil {
		return err
	}
	began := time.Now()
	how, err := r.project.Kill(ctx, c)
	if err != nil {
		return err
	}
	err = wait.Until(ctx, upLimit, c.Name+" is back", func(ctx context.Context) string {
		all, err := r.project.Containers(ctx, c.Service)
		if err != nil {
			return err.Error()
		}
		since, err := r.project.Started(ctx, c)
		if err != nil {
			return err.Error()
		}
		for _, now := range all {
			if now.ID == c.ID && since != before && now.State == "running" && now.Health == "healthy" {
				return ""
			}
		}
		return fmt.Sprintf("%+v", all)
	})
	if err != nil {
		return err
	}
	r.say("  killed %s (%s): healthy again after %.1f s", strings.TrimLeft(strings.TrimPrefix(c.Name, r.project.Name), "_-"), how, time.Since(began).Seconds())
	return nil
}
