package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// theStory is the test in test/browser that can be played on a running system.
const theStory = "TestAVisitorMeetsTheBotThenAPersonThenTheBotAgain"

// browsed plays the story in real browsers while a crowd talks. What becomes of it
// while gateways are killed compose's test shows: through a Service nobody chooses
// which gateway somebody is at, and a sign-in that dies is a person's to press again.
func (r *run) browsed(ctx context.Context) error {
	return r.underLoad(ctx, "beside browsers", false, func(ctx context.Context) error {
		for _, name := range []string{"botworker", "gateway"} {
			if err := r.scale(ctx, name, 2); err != nil {
				return err
			}
		}
		return r.play(ctx)
	})
}

// play runs the story's test against the cluster.
func (r *run) play(ctx context.Context) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout", "10m", "-v", "-run", "^"+theStory+"$", ".")
	cmd.Dir = filepath.Join(r.root, "test", "browser")
	cmd.Env = append(os.Environ(), "PARLEY_URL="+strings.Join(r.gateways()[:2], ","), "PARLEY_ADMIN_PASSWORD="+r.password)
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), "--- PASS: "+theStory) {
		err = errors.New("it was not played")
	}
	if err != nil {
		return fmt.Errorf("the story in browsers: %w\n%s", err, out)
	}
	r.say("  The story in two real browsers, with the bot, in line, with a person, with the bot again: %s.", seconds(began))
	return nil
}
