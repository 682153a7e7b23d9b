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

// Timer is something that is due in a chat at a time. It carries the sequence
// that it was set at, so that whom it wakes can tell whether the chat moved on.
type Timer struct {
	Chat chat.ID   `json:"-"`
	Kind string    `json:"-"` // one token
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
}

// SetTimer has the timer delivered at its time, by the stream's own scheduler
// (to the second), whichever processes live then. One timer of a kind exists for
// a chat: a new one replaces it.
func (c *Conn) SetTimer(ctx context.Context, t Timer) error {
	data, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode timer: %w", err)
	}
	_, err = c.publishOnce(ctx, &nats.Msg{Subject: string(timerSet(t.Chat, t.Kind)), Data: data, Header: nats.Header{}},
		jetstream.WithScheduleAt(t.At), jetstream.WithScheduleTarget(string(timerDue(t.Chat, t.Kind))))
	return err
}

// ConsumeTimers hands each due timer to one replica's handle, again after a
// growing delay where that fails, until the context ends.
func (c *Conn) ConsumeTimers(ctx context.Context, role string, handle func(context.Context, Timer) error) error {
	cfg := jetstream.ConsumerConfig{
		Durable: role, FilterSubjects: []string{string(allDue)}, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: 10 * time.Second, MaxDeliver: -1, MaxAckPending: heldPerStream,
	}
	return c.pull(ctx, timerStream, cfg, func(ctx context.Context, cons jetstream.Consumer) error {
		for ctx.Err() == nil {
			messages, err := fetchOne(ctx, cons)
			if err != nil {
				return fmt.Errorf("pull timers: %w", err)
			}
			for _, msg := range messages {
				c.settleTimer(ctx, msg, handle)
			}
		}
		return nil
	})
}

func (c *Conn) settleTimer(ctx context.Context, msg jetstream.Msg, handle func(context.Context, Timer) error) {
	meta, err := msg.Metadata()
	if err != nil {
		_ = msg.Term()
		return
	}
	var t Timer
	if t.Chat, t.Kind, err = parseDue(msg.Subject()); err == nil {
		err = json.Unmarshal(msg.Data(), &t)
	}
	if err != nil {
		c.log.Error().Err(err).Str("subject", msg.Subject()).Msg("a timer that can't be read")
		_ = msg.Term()
		return
	}
	if err := handle(ctx, t); err != nil {
		if ctx.Err() == nil {
			c.log.Warn().Err(err).Str("chat", string(t.Chat)).Str("timer", t.Kind).Msg("timer failed, it will come again")
		}
		_ = msg.NakWithDelay(redelivering.Delay(int(min(meta.NumDelivered, 1<<30))))
		return
	}
	_ = msg.Ack()
	// Done with: else the last timer of each chat would stay for ever.
	if s, err := c.js.Stream(ctx, timerStream); err == nil {
		if err := s.DeleteMsg(ctx, meta.Sequence.Stream); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) {
			c.log.Debug().Err(err).Msg("a timer that was handled could not be removed")
		}
	}
}
