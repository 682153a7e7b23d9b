package main

import (
	"context"
	"time"

	"github.com/parley-chat/parley/test/internal/story"
)

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
		began := time.Now()
		if err := story.Play(ctx, r.root, r.gateways()[:2], r.password); err != nil {
			return err
		}
		r.say("  The story in two real browsers, with the bot, in line, with a person, with the bot again: %s.", seconds(began))
		return nil
	})
}
