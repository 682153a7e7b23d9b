package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// rotated changes the NATS passwords of two roles.
func (r *run) rotated(ctx context.Context) error {
	return r.underLoad(ctx, "other password", true, func(ctx context.Context) error {
		began := time.Now()
		names := []string{"BOTWORKER_PASSWORD", "GATEWAY_PASSWORD"}
		file := filepath.Join(r.k.Dir, overlay, "secrets", "nats.env")
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("change passwords: %w", err)
		}
		changed := string(text)
		for _, name := range names {
			old, err := r.secret("nats.env", name)
			if err != nil {
				return err
			}
			// The old one with its halves swapped is just as good.
			changed = strings.Replace(changed, name+"="+old, name+"="+old[len(old)/2:]+old[:len(old)/2], 1)
		}
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			return fmt.Errorf("change passwords: %w", err)
		}
		if err := r.apply(ctx); err != nil {
			return err
		}
		if err := r.settled(ctx); err != nil {
			return err
		}
		r.say("  changed %s in nats.env and applied: all is renewed after %s", strings.Join(names, " and "), seconds(began))
		return nil
	})
}
