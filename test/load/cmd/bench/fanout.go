package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/test/load/internal/scenario"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// FanOutRow is one chat that many sockets watch: how long after the acknowledgement the
// last of them has the message.
type FanOutRow struct {
	Label    string
	Viewers  int
	Asked    float64 // messages a second
	Messages int64
	Last     Spread // from the acknowledgement to the last viewer
	Missed   int    // messages that not all viewers had in time
}

// seen counts who has which message.
type seen struct {
	mu    sync.Mutex // guards what follows
	count map[uint64]int
	last  map[uint64]time.Time
}

func (s *seen) add(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[seq]++
	s.last[seq] = time.Now()
}

// fanOut makes one of the visitor's sockets talk, rate times a second, while all watch;
// the bot answers meanwhile.
func fanOut(ctx context.Context, sys *scenario.System, p plan, viewers int, rate float64) (row FanOutRow, err error) {
	row = FanOutRow{Label: sys.Label, Viewers: viewers, Asked: rate}
	writer, err := connect(ctx, sys.Base, 0)
	if err != nil {
		return row, unreached(sys.Base, err)
	}
	defer writer.ws.Drop(false)
	if _, err := writer.turn(p.text, false); err != nil { // the chat begins
		return row, err
	}
	watching := &crowd{clients: make([]*client, viewers)}
	defer watching.leave()
	g, dialing := errgroup.WithContext(ctx)
	g.SetLimit(connectAtOnce)
	for i := range viewers {
		g.Go(func() (err error) {
			watching.clients[i], err = connectAs(dialing, sys.Base, i+1, writer.token)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return row, unreached(sys.Base, err)
	}
	all := &seen{count: map[uint64]int{}, last: map[uint64]time.Time{}}
	var reading sync.WaitGroup
	for _, c := range watching.clients {
		reading.Go(func() {
			for c.read() == nil {
				if string(c.f.t) == "event" && string(c.f.kind) == "message" {
					all.add(c.f.seq)
				}
			}
		})
	}
	acked := map[uint64]time.Time{}
	every := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer every.Stop()
	began := time.Now()
	go func() { // the writer's socket, at a rate of its own, whatever is answered
		for n := 1000; time.Since(began) < p.seconds+p.warmUp(); n++ {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
			}
			if writer.ws.WriteRaw(fmt.Appendf(nil, `{"t":"send","id":"f%d","text":"%s"}`, n, p.text)) != nil {
				return
			}
		}
		wire.Wait(ctx, 2*time.Second)
		writer.ws.Drop(false)
	}()
	for writer.read() == nil {
		if string(writer.f.t) == "ack" {
			if now := time.Now(); time.Since(began) > p.warmUp() {
				acked[writer.f.seq] = now
			}
		}
	}
	watching.leave()
	reading.Wait()
	spread := newLatencies()
	for seq, at := range acked {
		if all.count[seq] < viewers {
			row.Missed++
			continue
		}
		spread.add(all.last[seq].Sub(at))
	}
	row.Messages, row.Last = int64(len(acked)), spread.spread()
	if len(acked) == 0 {
		return row, fmt.Errorf("no message to %d viewers was acknowledged", viewers)
	}
	return row, ctx.Err()
}
