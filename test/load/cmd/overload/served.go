package main

import (
	"context"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
)

// question is what everybody asks.
const question = "How do I put the chat on my own site?"

// speakers are visitors who do what docs/protocol.md requires of a client. Each asks
// one question at a time.
type speakers struct {
	clients []*visitor.Visitor
	running sync.WaitGroup

	mu       sync.Mutex // guards what follows
	replies  []time.Duration
	refusals map[string]int // all of the clients' up to the last take
}

// speak has n visitors talk, each from an address of its own, with a pause between an
// answer and the next question, until the context ends.
func speak(ctx context.Context, base, name string, n int, between time.Duration) *speakers {
	s := &speakers{}
	for i := range n {
		v := visitor.New(visitor.Options{
			Name: fmt.Sprintf("%s %d", name, i), Gateways: func() []string { return []string{base} }, From: address(1, i),
			Rand: mrand.New(mrand.NewPCG(mrand.Uint64(), mrand.Uint64())),
		})
		s.clients = append(s.clients, v)
		s.running.Go(func() { _ = v.Run(ctx) }) // if it can't go on, nothing more of it is counted
		s.running.Go(func() { s.ask(ctx, v, between) })
	}
	return s
}

// ask makes the visitor ask one question after the other.
func (s *speakers) ask(ctx context.Context, v *visitor.Visitor, between time.Duration) {
	pause(ctx, time.Duration(mrand.Int64N(int64(between)+1)))
	for {
		asked := time.Now()
		v.Send(question)
		if v.Await(ctx, "a reply", func(seen visitor.Seen) bool { return seen.Welcomed() && seen.Answered() }) != nil {
			return
		}
		s.answered(time.Since(asked))
		pause(ctx, between)
	}
}

func (s *speakers) answered(took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replies = append(s.replies, took)
}

// take returns what happened since it was last called.
func (s *speakers) take() taken {
	all := map[string]int{}
	for _, v := range s.clients {
		counts := v.Counts()
		for code, n := range counts.Errors {
			all[code] += n
		}
		for code, n := range counts.Closes {
			all[closed(code)] += n
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	got := taken{s.replies, map[string]int{}}
	for code, n := range all {
		if n > s.refusals[code] {
			got.refusals[code] = n - s.refusals[code]
		}
	}
	s.replies, s.refusals = nil, all
	return got
}

// wait returns when all have gone, which is soon after the context ended.
func (s *speakers) wait() { s.running.Wait() }
