package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// NoticeDeathsQuickly has deliveries of a replica that died move on at once.
func (c *Conn) NoticeDeathsQuickly() *Conn {
	c.ackWait = time.Second // a busy machine may be late with the signs of life, too
	return c
}

// AppendRaw stores bytes that are no event.
func (c *Conn) AppendRaw(ctx context.Context, id chat.ID, data string) (Stored, error) {
	return c.publishOnce(ctx, requestTimeout, &nats.Msg{Subject: string(chatSubject(id, chat.LeafMessage)), Data: []byte(data)})
}

// AppendOnce is AppendIn that tries once, and does not correct a hint that the stream refuses.
func (c *Conn) AppendOnce(ctx context.Context, e chat.Event, hint *Hint) (Stored, error) {
	a, err := c.inputAppend(ctx, e, hint)
	if err != nil {
		return Stored{}, err
	}
	a.once = appendTime(1)
	return c.publisher.wait(a)
}

// HintedInputs returns all inputs of a chat with their hints, in order, from the stream's
// leader.
func (c *Conn) HintedInputs(ctx context.Context, id chat.ID) (all []Delivery, err error) {
	for next := uint64(1); ; {
		m, err := c.leaderMessage(ctx, c.streamName(id), getRequest{Seq: next, NextFor: c.at(id, inSubjects(id))})
		if errors.Is(err, ErrNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		e, err := chat.Decode(m.Data, id, m.Seq, m.Time)
		if err != nil {
			return nil, err
		}
		header := nats.Header{}
		for _, name := range []string{hintHeader, jetstream.ExpectedLastSubjSeqHeader} {
			header.Set(name, headerIn(m.headers(nil), name))
		}
		all = append(all, Delivery{Event: e, Hint: hintIn(header)})
		next = m.Seq + 1
	}
}

// LeaderInput reads the chat's last input from the stream's leader alone.
func (c *Conn) LeaderInput(ctx context.Context, id chat.ID) (chat.Event, error) {
	return c.leaderGet(ctx, id, getRequest{LastFor: c.at(id, inSubjects(id))})
}

// NotesOnDeliveries counts what the bucket attempts holds.
func (c *Conn) NotesOnDeliveries(ctx context.Context) (int, error) {
	b, err := c.attempts.open(ctx)
	if err != nil {
		return 0, err
	}
	keys, err := b.kv.Keys(ctx)
	if errors.Is(err, jetstream.ErrNoKeysFound) {
		return 0, nil
	}
	return len(keys), err
}

// RemoveNotes removes the bucket attempts, as an operator might.
func (c *Conn) RemoveNotes(ctx context.Context) error {
	return c.js.DeleteKeyValue(ctx, AttemptsBucket)
}

// TimersLeft counts what the stream of timers holds.
func (c *Conn) TimersLeft(ctx context.Context) (uint64, error) {
	info, err := c.streamInfo(ctx, timerStream)
	if err != nil {
		return 0, err
	}
	return info.State.Msgs, nil
}

// PurgeStoredBefore is PurgeStored up to a moment instead of an age.
func (c *Conn) PurgeStoredBefore(ctx context.Context, consumer string, at time.Time) (uint64, error) {
	return c.purgeStored(ctx, consumer, func(time.Time) time.Time { return at })
}

// AppendTime is how long a try of an append waits.
var AppendTime = appendTime

// Served reports whether a replica of the service answers.
func (c *Conn) Served(service string) bool {
	_, err := c.nc.Request("$SRV.PING."+service, nil, time.Second)
	return err == nil
}

// StoredNote returns a note's bytes as its stream has them.
func (c *Conn) StoredNote(ctx context.Context, id chat.ID) (string, error) {
	m, err := c.leaderMessage(ctx, c.streamName(id), getRequest{LastFor: c.at(id, internalSubject(id))})
	return string(m.Data), err
}

// AppendStoredNote stores bytes as a note of the chat.
func (c *Conn) AppendStoredNote(ctx context.Context, id chat.ID, data string) (Stored, error) {
	return c.publishOnce(ctx, requestTimeout, &nats.Msg{Subject: string(c.at(id, internalSubject(id))), Data: []byte(data)})
}

// HearNotes subscribes to the live copies of the chat's notes as they are sent.
func (c *Conn) HearNotes(id chat.ID) (*nats.Subscription, error) {
	return c.nc.SubscribeSync(string(liveInternal(id)[0]))
}

// KeysFrom has the connection take the keys of notes from another one.
func (c *Conn) KeysFrom(other *Conn) *Conn {
	c.sealer.conn = other
	return c
}

// RemoveNoteKeys removes all keys of notes, as an operator might.
func (c *Conn) RemoveNoteKeys(ctx context.Context) error {
	kv, err := c.js.KeyValue(ctx, KeysBucket)
	if err != nil {
		return err
	}
	names, err := kv.Keys(ctx)
	for _, name := range names {
		err = errors.Join(err, kv.Delete(ctx, name))
	}
	return err
}

// RemoveConsumers removes the consumer from all chat streams, as an operator might;
// from none where one of them has none. (Each time that one is removed it takes longer
// until it is created again.)
func (c *Conn) RemoveConsumers(ctx context.Context, consumer string) error {
	for _, stream := range c.chatStreams() {
		if _, err := c.js.Consumer(ctx, stream, consumer); err != nil {
			return err
		}
	}
	var err error
	for _, stream := range c.chatStreams() {
		err = errors.Join(err, c.js.DeleteConsumer(ctx, stream, consumer))
	}
	return err
}

// Translate gives an error of nats.go the names that the rest of Parley knows.
var Translate = translate

// Subscriptions is how many the connection has.
func (c *Conn) Subscriptions() int { return c.nc.NumSubscriptions() }

// BalanceAround is Balance with something that happens between its looks: after it
// has seen who leads the streams, and before it hands leaders over.
func (c *Conn) BalanceAround(ctx context.Context, durables []Durable, between func(), tell func(Move)) error {
	plan, _, err := c.planLeaders(ctx)
	if err != nil {
		return err
	}
	between()
	return c.handAllOver(ctx, plan, durables, tell)
}

// StreamOf names the stream that holds the chat.
func (c *Conn) StreamOf(id chat.ID) string { return c.streamName(id) }

// RemoveStream removes the stream of the chat, as an operator might.
func (c *Conn) RemoveStream(ctx context.Context, id chat.ID) error {
	return c.js.DeleteStream(ctx, c.streamName(id))
}

// StoredMessage returns a message of the chat's stream, and its subject.
func (c *Conn) StoredMessage(ctx context.Context, id chat.ID, seq uint64) (subject, data string, err error) {
	m, err := c.leaderMessage(ctx, c.streamName(id), getRequest{Seq: seq})
	return m.Subject, string(m.Data), err
}

// LeafOf is the leaf of a subject.
func LeafOf(subject string) chat.Leaf {
	_, leaf, _ := parseSubject(subject)
	return leaf
}

// ParsePlainAck reads an acknowledgment by hand, ParseAck in the usual way where that can't.
var (
	ParsePlainAck = parsePlainAck
	ParseAck      = parseAck
)

// MostAppends has the connection take no more than n appends at once.
func (c *Conn) MostAppends(n int) { c.publisher.most = n }

// AppendsOpen is how many appends are not acknowledged.
func (c *Conn) AppendsOpen() int {
	c.publisher.mu.Lock()
	defer c.publisher.mu.Unlock()
	return len(c.publisher.open)
}

// PublishUnheard publishes where nobody answers: the message is received and kept.
func (c *Conn) PublishUnheard(ctx context.Context, limit time.Duration) error {
	const subject = "unheard"
	sub, err := c.nc.SubscribeSync(subject)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }()
	_, err = c.publishOnce(ctx, limit, &nats.Msg{Subject: subject, Data: []byte("?")})
	return err
}
