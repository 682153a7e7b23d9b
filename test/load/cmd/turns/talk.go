package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/measure"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// figures are the results of one run.
type figures struct {
	rate             float64 // turns a second
	reply50, reply99 time.Duration
	ack50, ack99     time.Duration
	cpu              float64 // Parley's CPU seconds a turn
}

// warmUp is how long visitors talk before anything is counted.
const warmUp = 3 * time.Second

// tally collects the turns that ended while it counts.
type tally struct {
	mu       sync.Mutex // guards what follows
	counting bool
	replies  []time.Duration
	acks     []time.Duration
}

func (t *tally) add(ack, reply time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counting {
		t.acks, t.replies = append(t.acks, ack), append(t.replies, reply)
	}
}

func (t *tally) count(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counting = on
}

func talkAll(ctx context.Context, p plan, base string) (figures, error) {
	talking, stop := context.WithCancel(ctx)
	defer stop()
	g, talking := errgroup.WithContext(talking)
	var t tally
	for i := range p.visitors {
		g.Go(func() error {
			return talk(talking, base, wire.Forwarded(wire.Crowd, i), fmt.Sprintf("Visitor %d at %d", i+1, time.Now().UnixNano()), p.text, &t)
		})
	}
	wait := func(d time.Duration) {
		select {
		case <-talking.Done():
		case <-time.After(d):
		}
	}
	wait(warmUp)
	before, err := measure.Metrics(ctx, base)
	if err != nil {
		stop()
		_ = g.Wait()
		return figures{}, err
	}
	t.count(true)
	began := time.Now()
	wait(time.Duration(p.seconds) * time.Second)
	t.count(false)
	took := time.Since(began)
	after, err := measure.Metrics(ctx, base)
	stop()
	if talkErr := g.Wait(); talkErr != nil && ctx.Err() == nil {
		return figures{}, talkErr
	}
	if err := errors.Join(err, ctx.Err()); err != nil {
		return figures{}, fmt.Errorf("the run was cut short: %w", err)
	}
	n := float64(len(t.replies))
	return figures{
		rate:    n / took.Seconds(),
		reply50: measure.Quantile(t.replies, .5), reply99: measure.Quantile(t.replies, .99),
		ack50: measure.Quantile(t.acks, .5), ack99: measure.Quantile(t.acks, .99),
		cpu: (after["process_cpu_seconds_total"] - before["process_cpu_seconds_total"]) / n,
	}, nil
}

// heard has the fields of a frame that a turn needs.
type heard struct {
	T, Kind, ID, Code, Message string
	Seq, Through               uint64
}

// talk is one visitor: turn after turn until the context ends.
func talk(ctx context.Context, base string, from http.Header, name, text string, t *tally) error {
	ws, err := wire.DialTo(ctx, wire.Place{Base: base, Header: from})
	if err != nil {
		return ended(ctx, err)
	}
	defer ws.Drop(false)
	defer context.AfterFunc(ctx, func() { ws.Drop(false) })()
	if err := ws.Write(wire.Request{T: "hello", Name: name, Token: "claim:" + rand.Text()}); err != nil {
		return ended(ctx, err)
	}
	for n := 1; ; n++ {
		id := fmt.Sprintf("m%d", n)
		began := time.Now()
		if err := ws.Write(wire.Request{T: "send", ID: id, Text: text}); err != nil {
			return ended(ctx, err)
		}
		ack, err := turn(ws, id, began)
		if err != nil {
			return ended(ctx, err)
		}
		t.add(ack, time.Since(began))
	}
}

// turn reads until the message is acknowledged and covered by a reply, and
// returns how long the acknowledgement took.
func turn(ws *wire.Socket, id string, began time.Time) (ack time.Duration, err error) {
	seq, through := uint64(0), uint64(0)
	for seq == 0 || through < seq {
		var f heard
		if err := ws.ReadInto(&f); err != nil {
			return 0, err
		}
		switch {
		case f.T == "ack" && f.ID == id:
			seq, ack = f.Seq, time.Since(began)
		case f.T == "event" && f.Kind == "reply":
			through = f.Through
		case f.T == "error":
			return 0, fmt.Errorf("refused: %s: %s", f.Code, f.Message)
		}
	}
	return ack, nil
}

// ended is nil if the connection ended because the run did.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
