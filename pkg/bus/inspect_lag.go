package bus

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
)

// LagEvery is how often the lag is measured. It costs one request for each stream and
// each durable consumer, and one more for each consumer that is behind.
const LagEvery = 10 * time.Second

// WatchLag exports metrics, until the context ends, of how much waits for the durable
// consumers of the chats and for how long, how full the streams are, and how many dead
// letters there are. One role does so for all; its replicas all export the same.
func (c *Conn) WatchLag(ctx context.Context, every time.Duration, durables []Durable) error {
	var which []onStream
	for _, o := range c.consumersOf(durables) {
		if o.stream != timerStream {
			which = append(which, o)
		}
	}
	return c.watchLag(ctx, every, which, append(c.chatStreams(), deadStream))
}

// WatchTimerLag is WatchLag for the timers, which only their own role has the permission
// to look at.
func (c *Conn) WatchTimerLag(ctx context.Context, every time.Duration, durables []Durable) error {
	var which []onStream
	for _, o := range c.consumersOf(durables) {
		if o.stream == timerStream {
			o.oldest = "" // no role but the gateway may read a timer
			which = append(which, o)
		}
	}
	return c.watchLag(ctx, every, which, []string{timerStream})
}

func (c *Conn) watchLag(ctx context.Context, every time.Duration, consumers []onStream, streams []string) error {
	if c.opts.Metrics == nil {
		return nil
	}
	l := &lag{}
	if err := c.opts.Metrics.Register(l); err != nil {
		return err
	}
	defer c.opts.Metrics.Unregister(l)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		o := c.lookAt(ctx, consumers, streams)
		if ctx.Err() != nil {
			return nil
		}
		l.looked(o)
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// lookAt is an overview of some streams and consumers only.
func (c *Conn) lookAt(ctx context.Context, consumers []onStream, streams []string) Overview {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	l := look{conn: c}
	l.Streams, l.Consumers = make([]StreamLook, len(streams)), make([]ConsumerLook, len(consumers))
	var ask errgroup.Group
	ask.SetLimit(lookAtOnce)
	for i, name := range streams {
		ask.Go(func() error { l.stream(ctx, i, name); return nil })
	}
	for i, which := range consumers {
		ask.Go(func() error { l.consumer(ctx, i, which); return nil })
	}
	_ = ask.Wait()
	return l.done()
}

// lag exports the latest look. What did not answer is not exported, but counted: an old
// value would look like a current one.
type lag struct {
	mu   sync.Mutex // guards what follows
	last Overview
	is   bool // whether there is one
}

func (l *lag) looked(o Overview) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.is = o, true
}

// Describe describes nothing: the streams are not known in advance, and in one process two
// of these complement each other.
func (l *lag) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (l *lag) Collect(out chan<- prometheus.Metric) {
	l.mu.Lock()
	o, is := l.last, l.is
	l.mu.Unlock()
	if !is {
		return
	}
	gauge := func(name, help string, value float64, labels prometheus.Labels) {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, nil, labels), prometheus.GaugeValue, value)
	}
	unanswered := map[string]int{}
	for _, m := range o.Missing {
		unanswered[m.Stream]++
	}
	for stream, n := range unanswered {
		gauge("parley_stream_unanswered", "Requests about a stream and its consumers that NATS did not answer when the lag was last measured; absent if all were answered.", float64(n), prometheus.Labels{"stream": stream})
	}
	for _, c := range o.Consumers {
		labels := prometheus.Labels{"consumer": c.Name, "stream": c.Stream}
		gauge("parley_consumer_pending", "Events that wait to be delivered to a replica.", float64(c.Pending), labels)
		gauge("parley_consumer_unacked", "Events that a replica holds, or that wait for their next try.", float64(c.Unacked), labels)
		age := 0.0
		if !c.Oldest.IsZero() {
			age = max(0, time.Since(c.Oldest).Seconds())
		}
		gauge("parley_consumer_oldest_seconds", "Age of the oldest event that was not handled; 0 if there is none, or none that may be read.", age, labels)
	}
	for _, s := range o.Streams {
		if s.Name == deadStream {
			gauge("parley_dead_letters", "Deliveries that were given up and wait for an operator.", float64(s.Messages), nil)
		}
		labels := prometheus.Labels{"stream": s.Name}
		gauge("parley_stream_messages", "Messages in a stream.", float64(s.Messages), labels)
		gauge("parley_stream_bytes", "Size of a stream, of one copy.", float64(s.Bytes), labels)
		gauge("parley_stream_copies_missing", "Copies of a stream that are missing or behind.", float64(max(0, s.Wanted-s.Current())), labels)
	}
}

// OldestWaiting returns since when the oldest event waits that a durable consumer of the chats has
// not handled; the zero time if none does. It fails if that is not known of every stream.
func (c *Conn) OldestWaiting(ctx context.Context, d Durable) (oldest time.Time, err error) {
	which := c.consumersOf([]Durable{d})
	o := c.lookAt(ctx, which, nil)
	for _, m := range o.Missing {
		return oldest, fmt.Errorf("%w: %s does not answer: %w", ErrUnavailable, m.What, m.Err)
	}
	for _, look := range o.Consumers {
		switch {
		case look.Pending+look.Unacked == 0:
		case look.Oldest.IsZero():
			return oldest, fmt.Errorf("%w: the oldest event in stream %s is not known", ErrUnavailable, look.Stream)
		case oldest.IsZero() || look.Oldest.Before(oldest):
			oldest = look.Oldest
		}
	}
	return oldest, nil
}
