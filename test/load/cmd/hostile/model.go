package main

import (
	"context"
	"time"
)

var modelAttack = attack{
	name: "model", does: "one address asks a slow model in hundreds of chats", size: 25, thinks: 8 * time.Second,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		swarm(ctx, t, size, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			for ctx.Err() == nil {
				if _, err := s.hello(ctx); err != nil {
					return err
				}
				if _, err := s.say(ctx, question); err != nil {
					return err
				}
				l.take("questions in chats of their own", 1)
			}
			return nil
		})
	},
	share: func(o *outcome) []string { return []string{o.slower(3)} },
}
