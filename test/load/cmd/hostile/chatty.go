package main

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// volley is how many messages a chatty chat sends while the model thinks.
const volley = 40

var chattyAttack = attack{
	name: "chatty", does: "twelve chats write forty messages each while the model thinks", size: 12, thinks: 8 * time.Second,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		swarm(ctx, t, size, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			if _, err := s.hello(ctx); err != nil {
				return err
			}
			for ctx.Err() == nil {
				for range volley {
					if _, err := s.do(ctx, wire.Request{T: "send", ID: rand.Text(), Text: "And another thing."}); err != nil {
						return err
					}
					l.take("messages", 1)
				}
			}
			return nil
		})
	},
	share: func(o *outcome) []string { return []string{o.slower(3)} },
}
