package main

import (
	"context"
	"time"
)

// pingEvery is the pause between two pings of one socket.
const pingEvery = 500 * time.Microsecond

var pingsAttack = attack{
	name: "pings", does: "one address pings without a pause", size: 20,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		swarm(ctx, t, size, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			s.ws.OnPong(func() { l.take("pings answered", 1) })
			if err := s.write(hello()); err != nil {
				return err
			}
			ended := make(chan error, 1)
			go func() {
				for {
					if _, err := s.next(); err != nil {
						ended <- err
						return
					}
				}
			}()
			tick := time.NewTicker(pingEvery)
			defer tick.Stop()
			for {
				select {
				case err := <-ended:
					if ctx.Err() == nil {
						l.take("sockets closed", 1)
					}
					return err
				case <-tick.C:
				}
				if s.ws.Ping() != nil {
					if ctx.Err() == nil {
						l.take("sockets closed", 1)
					}
					return <-ended
				}
			}
		})
	},
	share: func(o *outcome) []string {
		return []string{o.exceeds("pings", o.loot.get("pings answered"), "frames-address")}
	},
}
