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

// flood floods the gateway until the context ends, and returns when all sockets are
// closed.
func flood(ctx context.Context, p plan, base string, t *tally) {
	var wg sync.WaitGroup
	each := 0.0
	if p.newcomers > 0 {
		each = p.times * p.capacity / float64(p.newcomers)
	}
	many := func(n, group int, f func(i int) error) {
		for i := range n {
			wg.Go(func() {
				pause(ctx, time.Duration(mrand.Int64N(int64(2*time.Second))))
				for ctx.Err() == nil {
					if err := f(i); err != nil && ctx.Err() == nil {
						t.refused(end(err))
					}
					pause(ctx, time.Duration(50+mrand.IntN(500))*time.Millisecond)
				}
			})
		}
	}
	many(p.newcomers, 2, func(i int) error { return newcomer(ctx, base, t, i, each) })
	many(p.noisy, 3, func(i int) error { return noise(ctx, base, t, i) })
	many(p.slow, 4, func(i int) error { return slow(ctx, base, t, i) })
	many(p.comers, 5, func(i int) error { return comeAndGo(ctx, base, t, i) })
	wg.Wait()
}

// intruder opens one socket of the flood. gone ends it.
func intruder(ctx context.Context, base string, t *tally, group, i int) (ws *wire.Socket, gone func(), err error) {
	if ws, err = dial(ctx, base, address(group, i)); err != nil {
		return nil, nil, err
	}
	t.open.Add(1)
	t.connected.Add(1)
	stop := context.AfterFunc(ctx, func() { ws.Drop(false) })
	return ws, func() { stop(); ws.Drop(false); t.open.Add(-1) }, nil
}

func hello(ws *wire.Socket, name string) error {
	return ws.Write(wire.Request{T: "hello", Name: name, Token: "claim:" + rand.Text()})
}

// newcomer talks at a fixed rate whatever the answers are, and resends nothing but the
// hello, until it is welcomed.
func newcomer(ctx context.Context, base string, t *tally, i int, perSecond float64) error {
	ws, gone, err := intruder(ctx, base, t, 2, i)
	if err != nil {
		return err
	}
	var reading sync.WaitGroup
	defer reading.Wait()
	defer gone()
	name, welcome := "Newcomer "+rand.Text(), make(chan struct{}, 1)
	if err := hello(ws, name); err != nil {
		return err
	}
	ended := make(chan error, 1)
	reading.Go(func() {
		for {
			data, err := ws.ReadRaw()
			if err != nil {
				ended <- err
				return
			}
			switch k := kind(data); k {
			case "ack":
				t.acked.Add(1)
			case "welcome":
				welcome <- struct{}{}
			case "signal":
			case "event":
				t.answered.Add(1)
			default:
				t.refused(k)
			}
		}
	})
	step := time.NewTicker(max(time.Millisecond, time.Duration(float64(time.Second)/max(perSecond, 0.01))))
	defer step.Stop()
	knock := time.NewTicker(time.Duration(3000+mrand.IntN(2000)) * time.Millisecond)
	defer knock.Stop()
	for n := 0; ; n++ {
		select {
		case err := <-ended:
			return err
		case <-welcome:
			knock.Stop()
			continue
		case <-knock.C:
			_ = hello(ws, name)
			continue
		case <-step.C:
		}
		if err := ws.WriteRaw(fmt.Appendf(nil, `{"t":"send","id":"n%d","text":"%s"}`, n, question)); err != nil {
			return <-ended
		}
		t.sent.Add(1)
	}
}

// noise sends nonsense, hellos and page requests as fast as the server reads, a little
// at a time.
func noise(ctx context.Context, base string, t *tally, i int) error {
	ws, gone, err := intruder(ctx, base, t, 3, i)
	if err != nil {
		return err
	}
	var reading sync.WaitGroup
	defer reading.Wait()
	defer gone()
	ended := make(chan error, 1)
	reading.Go(func() {
		for {
			data, err := ws.ReadRaw()
			if err != nil {
				ended <- err
				return
			}
			t.refused(kind(data))
		}
	})
	frames := []string{`nonsense`, `{"t":"nonsense"}`, `{"t":"send","id":"x","text":""}`, `{"t":"page","id":"p","limit":200}`, fmt.Sprintf(`{"t":"hello","name":"Noise %d"}`, i), `{"t":"rate","id":"r","score":99}`}
	step := time.NewTicker(20 * time.Millisecond)
	defer step.Stop()
	for n := 0; ; n++ {
		select {
		case err := <-ended:
			return err
		case <-step.C:
		}
		if err := ws.WriteRaw([]byte(frames[n%len(frames)])); err != nil {
			return <-ended
		}
		t.sent.Add(1)
	}
}

// slow fills a chat, requests pages of it and reads none of them.
func slow(ctx context.Context, base string, t *tally, i int) error {
	ws, gone, err := intruder(ctx, base, t, 4, i)
	if err != nil {
		return err
	}
	defer gone()
	if err := hello(ws, fmt.Sprint("Slow ", i)); err != nil {
		return err
	}
	long := make([]byte, 3900)
	for i := range long {
		long[i] = 'x'
	}
	step := time.NewTicker(250 * time.Millisecond)
	defer step.Stop()
	for n := 0; ctx.Err() == nil; n++ {
		frame := fmt.Appendf(nil, `{"t":"page","id":"p%d","limit":200}`, n)
		if n < 40 {
			frame = fmt.Appendf(nil, `{"t":"send","id":"%s","text":"%s"}`, rand.Text(), long)
		}
		if err := ws.WriteRaw(frame); err != nil {
			return err
		}
		t.sent.Add(1)
		select {
		case <-ctx.Done():
		case <-step.C:
		}
	}
	return nil
}

// comeAndGo says hello under a new name, is admitted or not, and leaves.
func comeAndGo(ctx context.Context, base string, t *tally, i int) error {
	ws, gone, err := intruder(ctx, base, t, 5, i)
	if err != nil {
		return err
	}
	defer gone()
	if err := hello(ws, "Comer "+rand.Text()); err != nil {
		return err
	}
	data, err := ws.ReadRaw()
	if err != nil {
		return err
	}
	if k := kind(data); k != "welcome" {
		t.refused(k)
	}
	return nil
}
