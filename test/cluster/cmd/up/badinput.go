package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// badInput tries common mistakes: each one is reported in a sentence, and whatever is
// configured correctly keeps running.
func (r *run) badInput(ctx context.Context) error {
	return r.underLoad(ctx, "wrong", false, func(ctx context.Context) error {
		if err := r.wrongSetting(ctx); err != nil {
			return err
		}
		return r.wrongPassword(ctx)
	})
}

// wrongSetting applies a value that no role can work with.
func (r *run) wrongSetting(ctx context.Context) error {
	roles := []string{"gateway", "botworker", "escalation", "historyworker"}
	before := map[string][]pod{}
	for _, role := range roles {
		var err error
		if before[role], err = r.pods(ctx, role); err != nil {
			return err
		}
	}
	if err := r.settings("STREAMS=seven"); err != nil {
		return err
	}
	if err := r.apply(ctx); err != nil {
		return err
	}
	for _, role := range roles {
		p, err := r.newPod(ctx, role, before[role])
		if err != nil {
			return err
		}
		const ended = `jsonpath={.status.containerStatuses[0].state.terminated.exitCode}{.status.containerStatuses[0].lastState.terminated.exitCode}`
		if err := r.k.Until(ctx, upLimit, p.name+" ends with code 2", "2", "-n", "parley", "get", "pod", p.name, "-o", ended); err != nil {
			return err
		}
		said, err := r.k.Parley(ctx, "logs", p.name)
		if err != nil {
			return err
		}
		if !strings.Contains(said, `STREAMS: "seven" is not a whole number`) || strings.Contains(said, "goroutine ") {
			return fmt.Errorf("%s with STREAMS=seven does not end with a sentence but with %q", role, said)
		}
		for _, old := range before[role] {
			if err := r.k.Until(ctx, time.Minute, "the old "+old.name+" goes on", "True", "-n", "parley", "get", "pod", old.name, "-o", `jsonpath={.status.conditions[?(@.type=="Ready")].status}`); err != nil {
				return err
			}
		}
	}
	if err := r.settings(); err != nil {
		return err
	}
	if err := r.apply(ctx); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	r.say("  applied STREAMS=seven: each new pod ends with code 2 and a sentence that names it, the old ones go on; put back, all is ready")
	return nil
}

// tries is how many attempts of a refused role are watched.
const tries = 5

// wrongPassword has the bot connect to NATS with a wrong password.
func (r *run) wrongPassword(ctx context.Context) error {
	before, err := r.pods(ctx, "botworker")
	if err != nil {
		return err
	}
	if _, err := r.k.Parley(ctx, "set", "env", "deployment/botworker", "NATS_URL=tls://botworker:wrongsecret@nats:4222"); err != nil {
		return err
	}
	p, err := r.newPod(ctx, "botworker", before)
	if err != nil {
		return err
	}
	attempt := regexp.MustCompile(fmt.Sprintf(`(?m)^.*"try":%d,.*"message":"waiting for NATS".*$`, tries))
	said := ""
	err = wait.Until(ctx, upLimit, "a bot with a wrong password tries again", func(ctx context.Context) string {
		if said, err = r.k.Parley(ctx, "logs", p.name); err != nil {
			return err.Error()
		}
		if !attempt.MatchString(said) {
			return said
		}
		return ""
	})
	if err != nil {
		return err
	}
	pauses, err := growing(said)
	if err != nil {
		return err
	}
	how, err := r.k.Parley(ctx, "get", "pod", p.name, "-o", "jsonpath={.status.containerStatuses[0].restartCount} {.status.containerStatuses[0].ready}")
	switch {
	case err != nil:
		return err
	case how != "0 false":
		return fmt.Errorf("a bot with a wrong password restarted or is ready: %s", how)
	case strings.Contains(said, "wrongsecret") || strings.Contains(said, "goroutine "):
		return fmt.Errorf("the log of a bot with a wrong password contains the password or a stack trace:\n%s", said)
	}
	if err := r.apply(ctx); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	if err := r.allReady(ctx, "botworker", len(before), p.uid); err != nil {
		return err
	}
	r.say("  a bot with a wrong password at NATS says so and tries again (pauses: %v), restarted 0 times, while the old one goes on; put back", pauses)
	return nil
}

// growing reads the times of a role's attempts, and requires that the pauses grow.
func growing(log string) (pauses []time.Duration, err error) {
	var at []time.Time
	for _, m := range regexp.MustCompile(`(?m)^.*"time":"([^"]+)".*"message":"waiting for NATS".*$`).FindAllStringSubmatch(log, -1) {
		t, err := time.Parse(time.RFC3339Nano, m[1])
		if err != nil {
			return nil, fmt.Errorf("read when a role tried: %w", err)
		}
		at = append(at, t)
	}
	for i := 1; i < len(at); i++ {
		pauses = append(pauses, at[i].Sub(at[i-1]).Round(100*time.Millisecond))
	}
	if len(pauses) < tries-1 || pauses[len(pauses)-1] < 2*pauses[0] {
		return nil, fmt.Errorf("the pauses between tries do not grow: %v", pauses)
	}
	return pauses, nil
}
