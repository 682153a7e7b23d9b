package main

import (
	"context"
	"crypto/rand"
	"fmt"
	mrand "math/rand/v2"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// patience is how long a stranger waits for anything.
const patience = 2 * time.Minute

// soon is how long a stranger waits with a frame that is refused for now. For anything
// longer there is another chat.
const soon = 10 * time.Second

// stranger is one socket of an attacker, who keeps to the protocol and wants too much.
// One goroutine uses it.
type stranger struct {
	ws    *wire.Socket
	name  string
	token string
	heard int // bytes
}

// swarm keeps n sockets of an attacker busy until the context ends: each runs do, and
// when that has failed, another takes its place.
func swarm(ctx context.Context, t *target, n int, from func(i int) origin, do func(ctx context.Context, i int, s *stranger) error) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			for ctx.Err() == nil {
				ws, err := wire.DialTo(ctx, t.place(from(i)))
				if err == nil {
					stop := context.AfterFunc(ctx, func() { ws.Drop(false) })
					err = do(ctx, i, &stranger{ws: ws})
					stop()
					ws.Drop(false)
				}
				if err != nil {
					wire.Wait(ctx, time.Duration(200+mrand.IntN(600))*time.Millisecond)
				}
			}
		})
	}
	running.Wait()
}

// alone is for a swarm from one address.
func (t *target) alone() func(int) origin {
	return func(int) origin { return t.origin(ofAttackers, 0) }
}

// hello opens the chat of a name that nobody has.
func (s *stranger) hello(ctx context.Context) (wire.Frame, error) {
	s.name, s.token = "Stranger "+rand.Text(), "claim:"+rand.Text()
	return s.do(ctx, wire.Request{T: "hello", Name: s.name, Token: s.token})
}

// say sends a message under a new id.
func (s *stranger) say(ctx context.Context, text string) (wire.Frame, error) {
	return s.do(ctx, wire.Request{T: "send", ID: rand.Text(), Text: text})
}

// do sends a frame until it is dealt with and returns the answer, as a patient client
// does. The error says that it is refused for good, or for longer than soon.
func (s *stranger) do(ctx context.Context, r wire.Request) (wire.Frame, error) {
	for {
		if err := s.ws.Write(r); err != nil {
			return wire.Frame{}, err
		}
		f, err := s.answer(r.ID)
		if err != nil {
			return f, err
		}
		if f.T != "error" {
			return f, nil
		}
		wait := time.Duration(f.Retry) * time.Millisecond
		if wait <= 0 || wait > soon {
			return f, fmt.Errorf("%s is refused with %s: %s", r.T, f.Code, f.Message)
		}
		if !wire.Wait(ctx, wait) {
			return f, ctx.Err()
		}
	}
}

// answer reads up to the answer to the frame with that id, "" for a hello.
func (s *stranger) answer(id string) (wire.Frame, error) {
	for {
		f, err := s.next()
		if err != nil || f.T != "event" && f.T != "signal" && f.ID == id {
			return f, err
		}
	}
}

// next reads the next frame.
func (s *stranger) next() (wire.Frame, error) {
	data, err := s.ws.ReadRaw()
	if err != nil {
		return wire.Frame{}, err
	}
	s.heard += len(data)
	return decode(data)
}

// hello is the frame of a visitor whom nobody knows.
func hello() wire.Request {
	return wire.Request{T: "hello", Name: "Stranger " + rand.Text(), Token: "claim:" + rand.Text()}
}

func (s *stranger) write(r wire.Request) error { return s.ws.Write(r) }
