package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// again applies the same manifests again: no pod is replaced.
func (r *run) again(ctx context.Context) error {
	before, err := r.uids(ctx)
	if err != nil {
		return err
	}
	out, err := r.k.Do(ctx, "diff", "-k", overlay)
	// diff exits with 1 if there are differences.
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		return err
	}
	for _, name := range differs(out) {
		if !strings.HasPrefix(name, "batch.v1.Job.") {
			return fmt.Errorf("kubectl diff reports that %s changed, but nothing did:\n%s", name, out)
		}
	}
	if _, err := r.k.Do(ctx, "apply", "-k", overlay); err != nil {
		return err
	}
	if err := r.settled(ctx); err != nil {
		return err
	}
	after, err := r.uids(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(before, after) {
		return fmt.Errorf("an apply that changed nothing replaced pods: %v became %v", before, after)
	}
	r.say("Applied again without a change: kubectl diff names %s, and none of %d pods was replaced.", strings.Join(append(differs(out), "nothing else"), ", "), len(after))
	return nil
}

// differs reads the objects that kubectl diff shows.
func differs(out string) (names []string) {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "diff ") {
			f := strings.Fields(line)
			names = append(names, f[len(f)-1][strings.LastIndex(f[len(f)-1], "/")+1:])
		}
	}
	return names
}

// balanced runs the CronJob's Job immediately, as docs/operations.md says.
func (r *run) balanced(ctx context.Context) error {
	began := time.Now()
	if _, err := r.k.Parley(ctx, "create", "job", "balance-now", "--from", "cronjob/balance"); err != nil {
		return err
	}
	if _, err := r.k.Parley(ctx, "wait", "--for=condition=Complete", "job/balance-now", "--timeout", upLimit.String()); err != nil {
		return err
	}
	said, err := r.k.Parley(ctx, "logs", "job/balance-now")
	if err != nil {
		return err
	}
	lines := strings.Split(said, "\n")
	r.say("The Job balance-now completes after %s: %s", seconds(began), lines[len(lines)-1])
	_, err = r.k.Parley(ctx, "delete", "job", "balance-now")
	return err
}
