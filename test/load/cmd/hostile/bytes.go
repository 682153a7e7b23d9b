package main

import (
	"context"
	"strings"
)

// long is the largest message: 4,000 characters of four bytes each.
var long = strings.Repeat("😀", 4000)

var bytesAttack = attack{
	name: "bytes", does: "one address fills the disk with the longest messages, in many chats", size: 30,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		swarm(ctx, t, size, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			if _, err := s.hello(ctx); err != nil {
				return err
			}
			for ctx.Err() == nil {
				if _, err := s.say(ctx, long); err != nil {
					if ctx.Err() == nil {
						l.take("refused", 1)
					}
					return err
				}
				l.take("bytes accepted", float64(len(long)))
				l.take("messages", 1)
			}
			return nil
		})
	},
	share: func(o *outcome) []string {
		return []string{o.exceeds("bytes of text", o.loot.get("bytes accepted"), "bytes-address"), o.exceeds("messages", o.loot.get("messages"), "messages-address")}
	},
}
