package main

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"sync"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// farAhead is a sequence that no stream reaches.
const farAhead = 1 << 52

var readsAttack = attack{
	name: "reads", does: "one address has a large chat read again and again: since far ahead, again, pages of 200", size: 20,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		name, token := "Reader "+rand.Text(), "claim:"+rand.Text()
		var fill sync.Once
		swarm(ctx, t, size, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			defer func() { l.take("bytes read", float64(s.heard)) }()
			if _, err := s.do(ctx, wire.Request{T: "hello", Name: name, Token: token}); err != nil {
				return err
			}
			fill.Do(func() { // as much as a chat may have
				for range 100 {
					if _, err := s.say(ctx, long); err != nil {
						return
					}
				}
			})
			for ctx.Err() == nil {
				var q wire.Request
				switch mrand.IntN(3) {
				case 0:
					q = wire.Request{T: "hello", Name: name, Token: token, Since: farAhead}
				case 1:
					q = wire.Request{T: "send", ID: rand.Text(), Text: "?", Again: true}
				default:
					q = wire.Request{T: "page", ID: rand.Text(), Limit: 200}
				}
				if _, err := s.do(ctx, q); err != nil {
					l.take(q.T+" refused", 1)
					return err
				}
				l.take(q.T+"s", 1)
			}
			return nil
		})
	},
	share: func(o *outcome) []string {
		return []string{o.exceeds("bytes of chats", o.loot.get("bytes read"), "read-address")}
	},
}
