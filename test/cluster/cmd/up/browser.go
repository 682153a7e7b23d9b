package main

import (
	"context"
	"time"

	"github.com/parley-chat/parley/test/internal/story"
)

// browsed plays the story in real browsers while a crowd talks. Killed gateways are
// left to the test of Compose: behind a Service nobody can choose which gateway a
// browser is at, and if a sign-in fails, it takes a person to press the button again.
func (r *run) browsed(ctx context.Context) error {
	return r.underLoad(ctx, "beside browsers", false, func(ctx context.Context) error {
		for _, name := range []string{"botworker", "gateway"} {
			if err := r.scale(ctx, name, 2); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := story.Play(ctx, r.root, r.gateways()[:2], r.password); err != nil {
			return err
		}
		r.say("  The story in two real browsers, with the bot, in line, with a person, with the bot again: %s.", seconds(began))
		return nil
	})
}
