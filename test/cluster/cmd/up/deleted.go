package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/wait"
)

// deleted deletes everything, including the namespace, and applies it again on the
// volumes, which their StorageClass retains: every message must still be there.
func (r *run) deleted(ctx context.Context) error {
	began := time.Now()
	if _, err := r.k.Do(ctx, "delete", "-k", overlay, "--ignore-not-found", "--timeout", upLimit.String()); err != nil {
		return err
	}
	gone := time.Since(began)
	volumes, err := r.released(ctx)
	if err != nil {
		return err
	}
	// A volume belongs to the claim with that name, whatever its UID was.
	for _, name := range volumes {
		const forget = `[{"op":"remove","path":"/spec/claimRef/uid"},{"op":"remove","path":"/spec/claimRef/resourceVersion"}]`
		if _, err := r.k.Do(ctx, "patch", "pv", name, "--type", "json", "-p", forget); err != nil {
			return err
		}
	}
	for _, f := range r.forwards {
		f.Close()
	}
	r.forwards = nil
	if err := r.applied(ctx); err != nil {
		return err
	}
	want := r.first.Events()
	got, err := r.first.ReadAgain(ctx)
	if err != nil {
		return err
	}
	same := func(a, b talk.Frame) bool { return a.Seq == b.Seq && a.Kind == b.Kind && a.Text == b.Text }
	// There may be later events, from the bot alone.
	if len(got) < len(want) || !slices.EqualFunc(want, got[:len(want)], same) {
		return fmt.Errorf("%s had %d events before everything was deleted, and has %d now, or others", r.first.Name, len(want), len(got))
	}
	r.say("Deleted with its namespace in %.1f s, then applied again on its %d volumes: the first chat still has all its %d events.", gone.Seconds(), len(volumes), len(got))
	return nil
}

// released waits until the claims are gone, and names the volumes that they had bound.
func (r *run) released(ctx context.Context) (names []string, err error) {
	const which = `jsonpath={range .items[?(@.spec.claimRef)]}{.metadata.name} {.status.phase}{"\n"}{end}`
	err = wait.Until(ctx, upLimit, "the volumes are released", func(ctx context.Context) string {
		out, err := r.k.Do(ctx, "get", "pv", "-o", which)
		if err != nil {
			return err.Error()
		}
		names = nil
		for line := range strings.Lines(out) {
			name, phase, _ := strings.Cut(strings.TrimSpace(line), " ")
			if phase != "Released" {
				return out
			}
			names = append(names, name)
		}
		return ""
	})
	if err == nil && len(names) == 0 {
		err = errors.New("no volume outlived its claim")
	}
	return names, err
}
