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

// AppendIn stores what a visitor says (or the bot, to request a person): once within
// ten minutes, by the event's id. It returns when the stream has stored it, and
// retries, with the same id, until the context ends; then it may or may not have been
// stored. hint may be nil.
func (c *Conn) AppendIn(ctx context.Context, e chat.Event, hint *Snapshot) (Stored, error) {
	msg, err := message(eventSubject(e.Chat, e.Kind), e)
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

// AppendNote stores an agent's internal note like AppendIn, but sealed and where no
// visitor's feed can show it.
func (c *Conn) AppendNote(ctx context.Context, e chat.Event) (Stored, error) {
	var data []byte
	err := retryUnavailable(ctx, func(int) (err error) { data, err = c.notes.encode(ctx, e); return err })
	if err != nil {
		return Stored{}, err
	}
	return c.publishEvent(ctx, e, messageOf(noteSubject(e.Chat), e, data))
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
	msg, err := message(eventSubject(e.Chat, e.Kind), e)
	if err != nil {
		return Stored{}, err
	}
	a := c.beginAppend(ctx, e, msg)
	stored, err := c.publishOnce(ctx, appendTime(2), msg, jetstream.WithExpectLastSequenceForSubject(expect, string(outSubjects(e.Chat))))
	a.end(stored, err)
	return stored, err
}

func message(subject Subject, e chat.Event) (*nats.Msg, error) {
	data, err := e.Encode()
	if err != nil {
		return nil, err
	}
	return messageOf(subject, e, data), nil
}

// messageOf makes the message of an encoded event. Its message id is the client's id,
// prefixed with the chat, the role that speaks and an agent's account, so nobody can
// use up somebody else's ids.
func messageOf(subject Subject, e chat.Event, data []byte) *nats.Msg {
	msg := &nats.Msg{Subject: string(subject), Data: data, Header: nats.Header{}}
	if e.ID != "" {
		msg.Header.Set(jetstream.MsgIDHeader, fmt.Sprintf("%s/%s/%s/%s", e.Chat, e.From.Role, e.From.User, e.ID))
	}
	return msg
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
// growing delay, or the context ends.
func retryUnavailable(ctx context.Context, act func(try int) error) error {
	for try := 1; ; try++ {
		err := act(try)
		if err == nil || !errors.Is(err, ErrUnavailable) || publishing.Wait(ctx, try) != nil {
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
	if err != nil {
		return Stored{}, fmt.Errorf("append to %s: %w", msg.Subject, translate(err))
	}
	return Stored{Seq: ack.Sequence, Duplicate: ack.Duplicate}, nil
}
