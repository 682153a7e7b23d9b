package main

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

var lineAttack = attack{
	name: "line", does: "one address asks for a person in thousands of chats", size: 2000,
	run: func(ctx context.Context, r *assault) {
		t, size, l := r.target, r.size, r.loot
		chats := make(chan struct{}, size)
		asked := make(chan struct{})
		go func() { defer close(asked); placeOfAnother(ctx, r) }()
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
				if _, err := s.do(ctx, wire.Request{T: "escalate", ID: rand.Text()}); err != nil {
					if ctx.Err() == nil {
						l.take("refused", 1)
					}
					return err
				}
				l.take("requests accepted", 1)
			}
		})
		<-asked
	},
	share: func(o *outcome) []string {
		place, told := o.loot.find(placeTold)
		if !told {
			return []string{"an honest visitor who asked for a person got no place in the line"}
		}
		return []string{o.exceeds("places in the line", place-1, "places-address")}
	},
}

// placeTold is the loot of the attack on the line.
const placeTold = "th in line is an honest visitor"

// placeOfAnother asks for a person from another address, once the attack has gone on for a
// while, and notes the place in the line. It returns when the place is known.
func placeOfAnother(ctx context.Context, r *assault) {
	if !wire.Wait(ctx, r.lasts/3) {
		return
	}
	limit, done := context.WithTimeout(context.WithoutCancel(ctx), 2*patience)
	defer done()
	ws, err := wire.DialTo(limit, r.target.place(r.target.origin(ofOwners, 1)))
	if err != nil {
		return
	}
	defer context.AfterFunc(limit, func() { ws.Drop(false) })()
	s := &stranger{ws: ws}
	if _, err := s.hello(limit); err != nil {
		return
	}
	if s.ws.Write(wire.Request{T: "escalate", ID: "e"}) != nil {
		return
	}
	for {
		data, err := ws.ReadRaw()
		if err != nil {
			return
		}
		var f struct {
			What  string `json:"what"`
			Place int    `json:"place"`
		}
		if json.Unmarshal(data, &f) == nil && f.What == "queue" {
			r.loot.set(placeTold, float64(f.Place))
			return
		}
	}
}

// decode reads a frame.
func decode(data []byte) (f wire.Frame, err error) { return f, json.Unmarshal(data, &f) }
