package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

// sourceHeader carries Event.Source to the workers, which share their work by it.
const sourceHeader = "Parley-Source"

// whyHeader carries Event.Why to the escalation worker.
const whyHeader = "Parley-Why"

// Stored is the position of an event that was appended.
type Stored struct {
	Seq uint64
	// Duplicate is set if an event with the same id was stored before; Seq is the
	// sequence of that one.
	Duplicate bool
}

// AppendIn stores an input, under the event's id within ten minutes only once. It
// returns when the stream has stored it, and tries again, by that same id, until the
// context ends; then it may or may not have been stored. hint may be nil; if its Input is
// wrong, that costs a second round.
func (c *Conn) AppendIn(ctx context.Context, e chat.Event, hint *Hint) (Stored, error) {
	a, err := c.inputAppend(ctx, e, hint)
	if err != nil {
		return Stored{}, err
	}
	for {
		stored, err := c.publisher.wait(a)
		next, after := a.corrected(err)
		if next == nil {
			return stored, err
		}
		if after > 0 && publishing.Wait(ctx, 1) != nil {
			return stored, err
		}
		if err := c.fencedAt(ctx, next.input, next.expected); err != nil {
			return Stored{}, err
		}
		a = next
	}
}

// AppendInAsync is AppendIn for those that don't wait: it returns once the message is
// published, and done is called, once, with what AppendIn would return. The event is tried
// for as long as the context lasts, but no longer than within, if that is above 0. If
// AppendInAsync itself returns an error, nothing was stored and done is never called; one
// that wraps ErrUnavailable says that too many appends are on their way.
//
// done must not block. Those of appends that succeed are called one after the other, as
// their streams have stored them; that of one that fails may be called at any time. Appends
// that are on their way together may be stored in another order than they were begun in, if
// one of them has to be tried again: whoever needs an order begins one after the other is
// done.
func (c *Conn) AppendInAsync(ctx context.Context, within time.Duration, e chat.Event, hint *Hint, done func(Stored, error)) error {
	a, err := c.inputAppend(ctx, e, hint)
	if err != nil {
		return err
	}
	if within > 0 {
		a.end = time.Now().Add(within)
	}
	c.untilRight(a, done)
	if err := c.publisher.begin(a); err != nil {
		a.appending.end(Stored{}, err)
		return fmt.Errorf("append to %s: %w", a.msg.Subject, err)
	}
	return nil
}

func (c *Conn) inputAppend(ctx context.Context, e chat.Event, hint *Hint) (*pending, error) {
	if !e.Kind.IsInput() {
		return nil, Permanent(fmt.Errorf("append to chat %s: a %q is no input", e.Chat, e.Kind))
	}
	a, err := c.eventAppend(ctx, e)
	if err != nil {
		return nil, err
	}
	if hint != nil {
		text, err := hint.Snapshot.encode()
		if err != nil {
			return nil, err
		}
		a.set(hintHeader, text)
		a.expectInput(e.Chat, after(a.moves, e.Chat, inSubjects(e.Chat)), hint.Input)
	}
	return a, nil
}

// Append is AppendIn for the other events that nothing guards: notes, which no visitor's feed
// can show.
func (c *Conn) Append(ctx context.Context, e chat.Event) (Stored, error) {
	if e.Kind.IsInput() || e.Kind.CarriesState() || e.Kind == chat.CardChange {
		return Stored{}, Permanent(fmt.Errorf("append to chat %s: a %s is not for this", e.Chat, e.Kind))
	}
	if c.opts.Region != "" {
		return c.appendUnlessMoved(ctx, e)
	}
	a, err := c.eventAppend(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	return c.publisher.wait(a)
}

// appendUnlessMoved is Append where chats are moved: whatever is stored after the fence would stay
// behind, so it is guarded by the chat's state like everything else that the system writes.
func (c *Conn) appendUnlessMoved(ctx context.Context, e chat.Event) (Stored, error) {
	for {
		s, err := c.Last(ctx, e.Chat)
		if err != nil {
			return Stored{}, err
		}
		if s.State.Moved != "" {
			return Stored{}, Moving(e.Chat, s.State.Moved)
		}
		a, err := c.eventAppend(ctx, e)
		if err != nil {
			return Stored{}, err
		}
		a.once = appendTime(2)
		a.expectLast(after(a.moves, e.Chat, outSubjects(e.Chat)), s.Out)
		stored, err := c.publisher.wait(a)
		if !errors.Is(err, ErrConflict) || ctx.Err() != nil {
			return stored, err
		}
	}
}

// appendOut stores an event of the system's if the chat's last such event is still the
// expected one (0: there is none); otherwise it returns ErrConflict. With any other
// error the event may have been stored.
func (c *Conn) appendOut(ctx context.Context, e chat.Event, expect uint64) (Stored, error) {
	a, err := c.eventAppend(ctx, e)
	if err != nil {
		return Stored{}, err
	}
	a.once = appendTime(2)
	a.expectLast(after(a.moves, e.Chat, outSubjects(e.Chat)), expect)
	return c.publisher.wait(a)
}

// expectLast has the stream refuse the message unless the last one on those subjects has
// that sequence; 0: unless there is none.
func (a *pending) expectLast(on Subject, seq uint64) {
	a.set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(seq, 10))
	a.set(jetstream.ExpectedLastSubjSeqSubjHeader, string(on))
}

// eventAppend makes the append of an event: its message, sealed where its kind is; that may
// need a key, which is waited for until the context ends.
func (c *Conn) eventAppend(ctx context.Context, e chat.Event) (*pending, error) {
	subject, err := eventSubject(e.Chat, e.Kind)
	if err != nil {
		return nil, Permanent(fmt.Errorf("append to chat %s: %w", e.Chat, err))
	}
	if err := c.mayAppend(e.Chat); err != nil {
		return nil, err
	}
	moves := c.guest(e.Chat)
	data, err := c.encode(ctx, e)
	if err != nil {
		return nil, err
	}
	a := &pending{ctx: ctx, moves: moves, msg: nats.Msg{Subject: string(after(moves, e.Chat, subject)), Data: data}}
	if e.ID != "" {
		a.set(jetstream.MsgIDHeader, messageID(e))
	}
	if e.Source != "" {
		a.set(sourceHeader, e.Source)
	}
	if e.Why != nil {
		a.set(whyHeader, e.Why.Encode())
	}
	c.beginAppend(ctx, e, a)
	return a, nil
}

// encode returns the event as its stream stores it.
func (c *Conn) encode(ctx context.Context, e chat.Event) (data []byte, err error) {
	if !e.Kind.Sealed() {
		return e.Encode()
	}
	err = retryUnavailable(ctx, func(int) (err error) { data, err = c.sealer.encode(ctx, e); return err })
	return data, err
}

var publishing = backoff.Policy{Min: 50 * time.Millisecond, Max: 400 * time.Millisecond}

// publishOnce tries once, for so long.
func (c *Conn) publishOnce(ctx context.Context, limit time.Duration, msg *nats.Msg) (Stored, error) {
	return c.publisher.wait(&pending{ctx: ctx, once: limit, msg: *msg})
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
