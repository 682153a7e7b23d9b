package gateway

import (
	"time"

	"github.com/parley-chat/parley/gateway/conn"
)

// fewSockets are closed all at once: only larger numbers are spread.
const fewSockets = 50

// drain closes every socket, spread over DrainTime so that the clients don't all come
// to another gateway at one instant.
func (g *Gateway) drain() {
	g.mu.Lock()
	g.draining = true
	g.mu.Unlock()
	sockets := g.allSockets()
	g.log.Info().Int("connections", len(sockets)).Msg("draining")
	var pace <-chan time.Time
	if len(sockets) > fewSockets {
		if step := g.opts.DrainTime / time.Duration(len(sockets)); step > 0 {
			t := time.NewTicker(step)
			defer t.Stop()
			pace = t.C
		}
	}
	for _, s := range sockets {
		s.Close(conn.GoingAway)
		if pace != nil {
			<-pace
		}
	}
	g.await(2 * time.Second)
}

// await gives clients time to answer the close frame, then ends the rest.
func (g *Gateway) await(limit time.Duration) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	gone := make(chan struct{})
	go func() { defer close(gone); g.sessions.Wait() }()
	select {
	case <-gone:
	case <-deadline.C:
		g.mu.Lock()
		sockets := g.sockets
		g.sockets = map[*conn.Socket]bool{}
		g.mu.Unlock()
		for s := range sockets {
			s.Abort()
		}
		<-gone
	}
}
