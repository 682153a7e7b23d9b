package bus

import "github.com/nats-io/nats.go/jetstream"

// Durable describes a durable consumer that all replicas of a role share: there is
// one of its name on each stream of what it takes.
type Durable struct {
	Name  string
	Takes Takes
	// Filter is what it receives; "" means all.
	Filter Subject
}

// Takes says what a durable consumer receives, and by which method of Conn.
type Takes int

// What durable consumers are given.
const (
	Events       Takes = iota // of chats, one at a time: Consume
	EventBatches              // of chats, many at once: ConsumeBatches
	DueTimers                 // ConsumeTimers
)

// On reports whether there is such a consumer on a stream.
func (d Durable) On(stream string) bool {
	if d.Takes == DueTimers {
		return stream == timerStream
	}
	return holdsChats(stream)
}

// streamsOf returns the streams that have such a consumer.
func (c *Conn) streamsOf(d Durable) []string {
	if d.Takes == DueTimers {
		return []string{timerStream}
	}
	return c.chatStreams()
}

// config is the consumer's configuration, the same that those methods ask for.
func (d Durable) config(c *Conn) jetstream.ConsumerConfig {
	consumer := Consumer{Name: d.Name, Filter: d.Filter}
	switch d.Takes {
	case EventBatches:
		return c.batchConfig(consumer)
	case DueTimers:
		return c.timerConfig(consumer)
	default:
		return c.consumerConfig(consumer)
	}
}

// oldest is the subject on which to look for the oldest event that was not handled.
func (d Durable) oldest() Subject {
	switch {
	case d.Takes == DueTimers:
		return allDue
	case d.Filter != "":
		return d.Filter
	default:
		return ">"
	}
}
