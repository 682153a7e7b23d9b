package main

import (
	"context"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

var seatsAttack = attack{
	name: "seats", does: "four addresses take all seats of visitors and say nothing", size: 400, env: []string{"MAX_CONNECTIONS=400"}, runs: true,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		from := func(i int) origin { return t.origin(ofAttackers, i%networks) }
		swarm(ctx, t, size, from, func(ctx context.Context, i int, s *stranger) error {
			if i/networks%2 == 0 { // half of them say who they are
				if err := s.ws.Write(wire.Request{T: "hello", Name: "Idle", Token: "claim:0123456789012345678901"}); err != nil {
					return err
				}
			}
			l.take("seats taken", 1)
			l.take("held", 1)
			for {
				if _, err := s.next(); err != nil {
					if ctx.Err() == nil {
						l.take("held", -1)
					}
					return err
				}
			}
		})
	},
	begun: func(a *assault) bool { return a.loot.get("seats taken") >= float64(a.size) },
}
