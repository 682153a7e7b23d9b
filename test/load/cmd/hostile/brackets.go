package main

import (
	"context"
	"strings"
)

// tangles are texts that cost whoever looks for links or Markdown in them.
var tangles = []string{strings.Repeat("[", 4000), strings.Repeat("*a_", 1333), strings.Repeat("https://[", 440), strings.Repeat("](", 2000)}

var bracketsAttack = attack{
	name: "brackets", does: "texts that are made to be costly to read: brackets, stars, half links", size: 50,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		swarm(ctx, t, 10, t.alone(), func(ctx context.Context, i int, s *stranger) error {
			if _, err := s.hello(ctx); err != nil {
				return err
			}
			for n := 0; n < size && ctx.Err() == nil; n++ {
				if _, err := s.say(ctx, tangles[(i+n)%len(tangles)]); err != nil {
					return err
				}
				l.take("texts", 1)
			}
			return nil
		})
	},
}
