package main

import (
	"context"
	"time"
)

var crowdAttack = attack{
	name: "crowd", does: "no attack: a thousand honest visitors behind one address", size: 1000, whole: true, thinks: 2 * time.Second,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		all := guests{n: size, over: r.lasts, patience: 3 * time.Minute, from: t.alone()}.come(ctx, t)
		l.set("came", float64(all.came))
		l.set("unanswered", float64(all.unanswered))
		n := 0
		for _, times := range all.refused {
			n += times
		}
		l.set("refusals that were tried again", float64(n))
		l.set("ms until the answer, 90 %", float64(quantile(all.answers, .9).Milliseconds()))
		l.set("ms at most", float64(quantile(all.answers, 1).Milliseconds()))
	},
	share: func(o *outcome) []string { return []string{o.differs("unanswered", 0)} },
}
