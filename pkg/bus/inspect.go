package bus

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Overview is what NATS reports on all of Parley at one moment. Its counters only grow
// (since a stream or a consumer was created, since a replica started), so that two
// overviews make a rate.
type Overview struct {
	// Server is the one that this connection is connected to.
	Server ServerLook
	// Replicas are those that answered in time. A replica that is very busy, or that
	// died, is missing; Heard says whether they could be asked.
	Replicas []Replica
	Heard    bool
	// Streams and Consumers are in a fixed order. What did not answer is in Missing
	// instead.
	Streams   []StreamLook
	Consumers []ConsumerLook
	// Missing is what did not answer.
	Missing []Missing
}

// Missing is something that did not answer, and why.
type Missing struct {
	What string // for people
	// Stream and Consumer are its names, if it is one.
	Stream, Consumer string
	Err              error
}

// Chats reports whether what is missing is a stream of chats, or a consumer on one.
func (m Missing) Chats() bool { return holdsChats(m.Stream) }

// ServerLook is the NATS server that the connection is connected to.
type ServerLook struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	Cluster   string `json:"cluster,omitempty"`
	Connected bool   `json:"connected"`
	// RoundMS is how long a ping took; 0 if none came back in time.
	RoundMS float64 `json:"round_ms"`
}

const (
	// lookTime limits one overview. What has not answered by then is missing.
	lookTime = 1500 * time.Millisecond
	// lookAtOnce limits concurrent requests.
	lookAtOnce = 16
)

// Expected is what an overview looks for.
type Expected struct {
	Services []string  // of all replicas; those of others are left out
	Durables []Durable // consumers that don't exist yet are left out
	// Replicas are the ids of those that should be there: their answers are waited for
	// a little longer.
	Replicas []string
}

// Overview looks at everything at once and answers within two seconds, whatever
// is broken.
func (c *Conn) Overview(ctx context.Context, want Expected) Overview {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	l := look{conn: c}
	streams := c.lookedAt()
	l.Streams = make([]StreamLook, len(streams))
	consumers := c.consumersOf(want.Durables)
	l.Consumers = make([]ConsumerLook, len(consumers))
	var ask errgroup.Group // nothing that fails keeps the rest from being asked
	ask.SetLimit(lookAtOnce)
	ask.Go(func() error { l.server(ctx); return nil })
	ask.Go(func() error { l.replicas(ctx, want.Services, want.Replicas); return nil })
	for i, name := range streams {
		ask.Go(func() error { l.stream(ctx, i, name); return nil })
	}
	for i, which := range consumers {
		ask.Go(func() error { l.consumer(ctx, i, which); return nil })
	}
	_ = ask.Wait()
	return l.done()
}

// look is an overview that is being made.
type look struct {
	conn *Conn

	mu sync.Mutex // guards what follows
	Overview
}

// miss notes what did not answer.
func (l *look) miss(m Missing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Missing = append(l.Missing, m)
}

// done leaves out what is missing.
func (l *look) done() Overview {
	o := l.Overview
	o.Streams, o.Consumers = nil, nil
	for _, s := range l.Streams {
		if s.Name != "" {
			o.Streams = append(o.Streams, s)
		}
	}
	for _, c := range l.Consumers {
		if c.Name != "" {
			o.Consumers = append(o.Consumers, c)
		}
	}
	return o
}

func (l *look) server(ctx context.Context) {
	nc := l.conn.nc
	s := ServerLook{Name: nc.ConnectedServerName(), Version: nc.ConnectedServerVersion(), Cluster: nc.ConnectedClusterName(), Connected: nc.IsConnected()}
	began := time.Now()
	if err := nc.FlushWithContext(ctx); err != nil {
		l.miss(Missing{What: "NATS", Err: translate(err)})
	} else {
		s.RoundMS = float64(time.Since(began).Microseconds()) / 1000
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.Server = s
}

// Reached reports whether anything answered at all.
func (o Overview) Reached() bool { return o.Server.Connected && o.Server.RoundMS > 0 }
