package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// Timer is something that is due in a chat at some time. It carries the sequence that it
// was set at, so that its handler can tell whether the chat has moved on.
type Timer struct {
	Chat chat.ID   `json:"-"`
	Kind string    `json:"-"` // one token
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
	// Due is when the scheduler made it due, for whoever it wakes.
	Due time.Time `json:"-"`
}

// SetTimer has the timer delivered at its time, rounded up to a second, by the stream's own
// scheduler, whichever processes run then. A chat has one timer of a kind: a new one
// replaces it.
func (c *Conn) SetTimer(ctx context.Context, t Timer) error {
	// The scheduler's resolution is a second. A timer must not be due before its time, or
	// it would be set again at once.
	t.At = t.At.Add(time.Second - 1).Truncate(time.Second)
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode timer: %w", err)
	}
	_, err = c.publishOnce(ctx, requestTimeout, &nats.Msg{Subject: string(timerSet(t.Chat, t.Kind)), Data: data, Header: nats.Header{
		jetstream.ScheduleHeader:       {"@at " + t.At.UTC().Format(time.RFC3339)},
		jetstream.ScheduleTargetHeader: {string(timerDue(t.Chat, t.Kind))},
	}})
	return err
}

// ConsumeTimers passes each due timer to one replica's handle until the context ends. It
// treats timers as Consume treats events, dead letters included; it ignores the
// consumer's Filter and GaveUp.
func (c *Conn) ConsumeTimers(ctx context.Context, consumer Consumer, handle func(context.Context, Timer) error) error {
	handle = c.watchedTimer(consumer.Name, handle)
	q := c.newQueue(timerStream, consumer.Name, consumer, newPool(consumer.Workers), roomFor(consumer.Workers, 1), func(h *held) task {
		t, err := decodeTimer(h.origin)
		done := task{
			chat: t.Chat, handle: func(ctx context.Context, _ bool) error { return handle(ctx, t) },
			settled: func(ctx context.Context) { c.removeTimer(ctx, h.seq) },
		}
		if err != nil {
			done.unreadable = Permanent(err)
		}
		return done
	})
	return q.run(ctx, c.newHearing(consumer.Name), timerStream, c.timerConfig(consumer))
}

func (c *Conn) timerConfig(consumer Consumer) jetstream.ConsumerConfig {
	consumer.Filter = allDue
	return c.consumerConfig(consumer)
}

func decodeTimer(from origin) (t Timer, err error) {
	if t.Chat, t.Kind, err = parseDue(from.subject); err != nil {
		return t, err
	}
	t.Due = from.stored
	if err := json.Unmarshal(from.data, &t); err != nil {
		return t, fmt.Errorf("decode timer %s of chat %s: %w", t.Kind, t.Chat, err)
	}
	return t, nil
}

// removeTimer removes a timer that was handled: otherwise the last timer of each chat
// would stay forever.
func (c *Conn) removeTimer(ctx context.Context, seq uint64) {
	s, err := c.js.Stream(ctx, timerStream)
	if err != nil {
		return
	}
	if err := s.DeleteMsg(ctx, seq); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
		c.log.Debug().Err(err).Msg("a timer that was handled could not be removed")
	}
}
