package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// question is what honest visitors ask.
const question = "How do I put the chat on my own site?"

// guests are honest visitors who come one after the other and ask one question each.
type guests struct {
	n        int
	over     time.Duration // how long until the last one has come
	patience time.Duration // how long each waits for an answer
	from     func(i int) origin
}

// fared is how honest visitors fared. The times are from when a visitor came, so
// connecting is part of them. Who was not answered counts with the time spent waiting.
type fared struct {
	came, unanswered int
	acks, answers    []time.Duration
	refused          map[string]int // by code; each was tried again
}

// come makes the guests come, and returns when each is answered or has lost patience.
func (g guests) come(ctx context.Context, t *target) fared {
	var mu sync.Mutex
	all := fared{refused: map[string]int{}}
	var running sync.WaitGroup
	for i := range g.n {
		running.Go(func() {
			if !wire.Wait(ctx, g.over*time.Duration(i)/time.Duration(g.n)) {
				return
			}
			one := g.visit(ctx, t, g.from(i))
			mu.Lock()
			defer mu.Unlock()
			all.add(one)
		})
	}
	running.Wait()
	return all
}

func (f *fared) add(o fared) {
	f.came += o.came
	f.unanswered += o.unanswered
	f.acks, f.answers = append(f.acks, o.acks...), append(f.answers, o.answers...)
	for code, n := range o.refused {
		f.refused[code] += n
	}
}

// visit is one guest's visit.
func (g guests) visit(ctx context.Context, t *target, from origin) fared {
	ctx, leave := context.WithTimeout(ctx, g.patience)
	defer leave()
	v := visitor.New(visitor.Options{
		Name: "Guest " + rand.Text(), Gateways: func() []string { return []string{t.base} }, From: from.own(), Header: from.header(),
		Rand: mrand.New(mrand.NewPCG(mrand.Uint64(), mrand.Uint64())),
	})
	came := time.Now()
	v.Send(question)
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	acked := v.Await(ctx, "an acknowledgment", func(s visitor.Seen) bool { return s.Welcomed() && s.Acked() }) == nil
	f := fared{came: 1, acks: []time.Duration{time.Since(came)}}
	if !acked || v.Await(ctx, "an answer", visitor.Seen.Answered) != nil {
		f.unanswered = 1
	}
	f.answers = []time.Duration{time.Since(came)}
	f.refused = v.Counts().Errors
	for code, n := range v.Counts().Closes {
		if f.refused == nil {
			f.refused = map[string]int{}
		}
		f.refused[fmt.Sprint("closed ", code)] += n
	}
	v.Leave()
	leave()
	<-ended // if it could not go on, it is unanswered
	return f
}
