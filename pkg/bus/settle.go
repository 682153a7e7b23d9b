package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// panicTries is after how many deliveries a handler that panics gives up.
const panicTries = 5

var redelivering = backoff.Policy{Min: 200 * time.Millisecond, Max: 30 * time.Second}

// errPanic marks an error that was a panic.
var errPanic = errors.New("the handler panicked")

// DeadLetter is what the stream DEAD keeps of a delivery that was given up.
type DeadLetter struct {
	Role    string    `json:"role"`
	Stream  string    `json:"stream"`
	Seq     uint64    `json:"seq"`
	Subject string    `json:"subject"`
	Reason  string    `json:"reason"`
	Tries   int       `json:"tries"`
	At      time.Time `json:"at"`
	Data    []byte    `json:"data"`
}

func (c *Conn) decodeDelivery(msg jetstream.Msg) (Delivery, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return Delivery{}, fmt.Errorf("delivery on %s: %w", msg.Subject(), err)
	}
	id, _, err := parseSubject(msg.Subject())
	if err != nil {
		return Delivery{}, err
	}
	d := Delivery{Tries: int(min(meta.NumDelivered, 1<<30))}
	if d.Event, err = chat.Decode(msg.Data(), id, meta.Sequence.Stream, meta.Timestamp); err != nil {
		return Delivery{}, err
	}
	if h := msg.Headers().Get(hintHeader); h != "" {
		var hint Snapshot
		if json.Unmarshal([]byte(h), &hint) == nil { // else: no hint, one read more
			d.Hint = &hint
		}
	}
	return d, nil
}

// safely turns a panic of the handler into an error, permanent after some tries.
func (c *Conn) safely(ctx context.Context, role string, d Delivery, handle Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errPanic, p)
			c.log.Error().Str("role", role).Str("chat", string(d.Event.Chat)).Uint64("seq", d.Event.Seq).
				Int("deliveries", d.Tries).Err(err).Str("stack", string(debug.Stack())).Msg("handler panicked")
			if d.Tries >= panicTries {
				err = Permanent(err)
			}
		}
	}()
	return handle(ctx, d)
}

// settle tells NATS what became of a delivery.
func (c *Conn) settle(ctx context.Context, role string, msg jetstream.Msg, d Delivery, err error) {
	log := c.log.With().Str("role", role).Str("chat", string(d.Event.Chat)).Uint64("seq", d.Event.Seq).Int("deliveries", d.Tries).Logger()
	var settled error
	switch {
	case err == nil:
		settled = msg.Ack()
	case IsPermanent(err):
		log.Error().Err(err).Msg("gave up on a delivery")
		if dead := c.bury(ctx, role, msg, err); dead != nil {
			log.Warn().Err(dead).Msg("could not record a dead letter, trying again")
			settled = msg.NakWithDelay(redelivering.Delay(d.Tries))
			break
		}
		settled = msg.TermWithReason("recorded as a dead letter")
	case ctx.Err() != nil:
		settled = msg.Nak() // this replica goes away: another may have it at once
	default:
		delay := redelivering.Delay(d.Tries)
		log.Warn().Err(err).Dur("again_in", delay).Msg("delivery failed, it will come again")
		settled = msg.NakWithDelay(delay)
	}
	if settled != nil {
		log.Debug().Err(settled).Msg("delivery not settled, it will come again")
	}
}

// bury records a delivery in the stream DEAD, once.
func (c *Conn) bury(ctx context.Context, role string, msg jetstream.Msg, cause error) error {
	letter := DeadLetter{Role: role, Subject: msg.Subject(), Reason: cause.Error(), At: time.Now().UTC(), Data: msg.Data()}
	if meta, err := msg.Metadata(); err == nil {
		letter.Stream, letter.Seq, letter.Tries = meta.Stream, meta.Sequence.Stream, int(min(meta.NumDelivered, 1<<30))
	}
	data, err := json.Marshal(letter)
	if err != nil {
		return fmt.Errorf("encode dead letter: %w", err)
	}
	out := &nats.Msg{Subject: string(deadSubject(role)), Data: data, Header: nats.Header{}}
	out.Header.Set(jetstream.MsgIDHeader, fmt.Sprintf("%s/%s/%d", role, letter.Stream, letter.Seq))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	_, err = c.publish(ctx, out)
	return err
}
