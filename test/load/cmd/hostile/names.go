package main

import (
	"context"
	"sync"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// namesKept is the loot of the attack on names.
const namesKept = "of 20 of them are kept from others"

// sample is how many of the names are tried again from elsewhere.
const sample = 20

var namesAttack = attack{
	name: "names", does: "one address says hello under thousands of names and writes nothing", size: 2000,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		var mu sync.Mutex
		var names []string
		chats := make(chan struct{}, size)
		swarm(ctx, t, 25, t.alone(), func(ctx context.Context, _ int, s *stranger) error {
			for {
				select {
				case chats <- struct{}{}:
				case <-ctx.Done():
					return nil
				}
				if _, err := s.hello(ctx); err != nil {
					return err
				}
				l.take("names welcomed", 1)
				mu.Lock()
				names = append(names, s.name)
				mu.Unlock()
			}
		})
		after, done := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer done()
		l.set(namesKept, float64(kept(after, t, names)))
	},
	share: func(o *outcome) []string { return []string{o.differs(namesKept, 0)} },
}

// kept returns how many of some names, nobody of whom has written anything or is here
// any more, can't be had from another address.
func kept(ctx context.Context, t *target, names []string) (n int) {
	for i, name := range names[:min(len(names), sample)] {
		ws, err := wire.DialTo(ctx, t.place(t.origin(ofOwners, 2)))
		if err != nil {
			continue
		}
		s := &stranger{ws: ws}
		if f, err := s.do(ctx, wire.Request{T: "hello", Name: name, Token: "claim:0123456789012345678901"}); err != nil && f.Code == "name_taken" {
			n++
		}
		ws.Drop(false)
		_ = i
	}
	return n
}
