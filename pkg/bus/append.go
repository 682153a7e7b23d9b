package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// hintHeader carries what the gateway knew of the chat when it stored a visitor's
// message. It saves the bot a read; a decision to stay silent never relies on it.
const hintHeader = "Parley-Hint"

// sourceHeader carries Event.Source to the workers, which share their work by it.
const sourceHeader = "Parley-Source"

// Snapshot is a chat's state and the sequence of the event that carries it (0 if the
// stream has none): what a guarded append expects.
type Snapshot struct {
	Out   uint64     `json:"out"`
	State chat.State `json:"state"`
}

// Stored is the position of an event that was appended.
type Stored struct {
	Seq uint64
	// Duplicate is set if an event with the same id was stored before; Seq is the
	// sequence of that one.
	Duplicate bool
}

// AppendIn stores an input, under the event's id within ten minutes only once. It
// returns when the stream has stored it, and tries again, by that same id, until the
// context ends; then it may or may not have been stored. hint may be nil.
func (c *Conn) AppendIn(ctx context.Context, e chat.Event, hint *Snapshot) (Stored, error) {
	if !e.Kind.IsInput() {
		return Stored{}, Permanent(fmt.Errorf("append to chat %s: a %q is no input", e.Chat, e.Kind))
	}
	msg, err := c.message(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	if hint != nil {
		b, err := json.Marshal(hint)
		if err != nil {
			return Stored{}, fmt.Errorf("encode hint: %w", err)
		}
		msg.Header.Set(hintHeader, string(b))
	}
	return c.publishEvent(ctx, e, msg)
}

// Append is AppendIn for the other events that carry no state: internal ones, which
// no visitor's feed can show.
func (c *Conn) Append(ctx context.Context, e chat.Event) (Stored, error) {
	if e.Kind.IsInput() || e.Kind.CarriesState() {
		return Stored{}, Permanent(fmt.Errorf("append to chat %s: a %s is not for this", e.Chat, e.Kind))
	}
	msg, err := c.message(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	return c.publishEvent(ctx, e, msg)
}

func (c *Conn) publishEvent(ctx context.Context, e chat.Event, msg *nats.Msg) (Stored, error) {
	a := c.beginAppend(ctx, e, msg)
	stored, err := c.publish(ctx, msg)
	a.end(stored, err)
	return stored, err
}

// appendOut stores an event of the system's if the chat's last such event is still the
// expected one (0: there is none); otherwise it returns ErrConflict. With any other
// error the event may have been stored.
func (c *Conn) appendOut(ctx context.Context, e chat.Event, expect uint64) (Stored, error) {
	msg, err := c.message(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	a := c.beginAppend(ctx, e, msg)
	stored, err := c.publishOnce(ctx, appendTime(2), msg, jetstream.WithExpectLastSequenceForSubject(expect, string(outSubjects(e.Chat))))
	a.end(stored, err)
	return stored, err
}

// message makes the message of an event, sealed where its kind is; that may need a
// key, which is waited for until the context ends. Its message id is the client's id
// with the chat, the side that speaks and an agent's account before it, so nobody can
// occupy somebody else's ids.
func (c *Conn) message(ctx context.Context, e chat.Event) (*nats.Msg, error) {
	subject, err := eventSubject(e.Chat, e.Kind)
	if err != nil {
		return nil, Permanent(fmt.Errorf("append to chat %s: %w", e.Chat, err))
	}
	var data []byte
	err = retryUnavailable(ctx, func(int) (err error) { data, err = c.sealer.encode(ctx, e); return err })
	if err != nil {
		return nil, err
	}
	msg := &nats.Msg{Subject: string(subject), Data: data, Header: nats.Header{}}
	if e.ID != "" {
		msg.Header.Set(jetstream.MsgIDHeader, fmt.Sprintf("%s/%s/%s/%s", e.Chat, e.From.Role, e.From.User, e.ID))
	}
	if e.Source != "" {
		msg.Header.Set(sourceHeader, e.Source)
	}
	return msg, nil
}

var publishing = backoff.Policy{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond}

// publish retries until the message is stored or refused for good, or the context ends.
// Without a message id or an expected sequence a retry could store it twice.
func (c *Conn) publish(ctx context.Context, msg *nats.Msg, opts ...jetstream.PublishOpt) (stored Stored, err error) {
	err = retryUnavailable(ctx, func(try int) (err error) {
		stored, err = c.publishOnce(ctx, appendTime(try), msg, opts...)
		return err
	})
	return stored, err
}

// retryUnavailable calls act until it returns anything but ErrUnavailable, with a
// growing delay, or the context ends. A NATS without room is not waited for: whoever
// writes should learn it, and whoever has time tries again.
func retryUnavailable(ctx context.Context, act func(try int) error) error {
	for try := 1; ; try++ {
		err := act(try)
		var full *FullError
		if err == nil || !errors.Is(err, ErrUnavailable) || errors.As(err, &full) || publishing.Wait(ctx, try) != nil {
			return err
		}
	}
}

// appendTime is how long the given try of an append waits for its answer. The first
// one is short: what was on its way to a node that died is never answered, and the
// stream may have another leader in a moment. Later ones are longer, or a slow disk
// would be given the same message again and again.
func appendTime(try int) time.Duration {
	return min(requestTimeout, time.Second<<(min(try, 8)-1))
}

func (c *Conn) publishOnce(ctx context.Context, limit time.Duration, msg *nats.Msg, opts ...jetstream.PublishOpt) (Stored, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ack, err := c.js.PublishMsg(ctx, msg, append(opts, jetstream.WithRetryAttempts(0))...)
	c.stored(err)
	if full := fullBecause(err); full != nil {
		return Stored{}, fmt.Errorf("append to %s: %w", msg.Subject, full)
	}
	if err != nil {
		return Stored{}, fmt.Errorf("append to %s: %w", msg.Subject, translate(err))
	}
	return Stored{Seq: ack.Sequence, Duplicate: ack.Duplicate}, nil
}
