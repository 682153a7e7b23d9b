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

// browsed plays the story in real browsers while a crowd talks: as it is, and then
// while all gateways are killed in each part of it.
func (r *run) browsed(ctx context.Context) error {
	return r.underLoad(ctx, "beside browsers", true, func(ctx context.Context) error {
		for _, name := range []string{"botworker", "gateway"} {
			if err := r.scale(ctx, name, 2); err != nil {
				return err
			}
		}
		if err := r.play(ctx, "with the bot, in line, with a person, with the bot again"); err != nil {
			return err
		}
		kill := fmt.Sprintf("KUBECONFIG='%s' '%s' -n parley delete pod -l app=gateway --force --grace-period=0", r.k.Kubeconfig, r.k.Program)
		return r.play(ctx, "all gateways killed in each part of it", "PARLEY_INTERRUPT="+kill)
	})
}

// play runs the story's test against the cluster.
func (r *run) play(ctx context.Context, how string, more ...string) error {
	began := time.Now()
	cmd := exec.CommandContext(ctx, "go", "test", "-count=1", "-timeout", "10m", "-v", "-run", "^"+theStory+"$", ".")
	cmd.Dir = filepath.Join(r.root, "test", "browser")
	cmd.Env = append(os.Environ(), "PARLEY_URL="+strings.Join(r.gateways()[:2], ","), "PARLEY_ADMIN_PASSWORD="+r.password)
	cmd.Env = append(cmd.Env, more...)
	out, err := cmd.CombinedOutput()
	if err == nil && !strings.Contains(string(out), "--- PASS: "+theStory) {
		err = errors.New("it was not played")
	}
	if err != nil {
		return fmt.Errorf("the story in browsers, %s: %w\n%s", how, err, out)
	}
	r.say("  The story in two real browsers, %s: %s.", how, seconds(began))
	return nil
}
