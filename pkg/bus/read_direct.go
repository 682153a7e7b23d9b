package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// directBatch reads up to readBatch events from any copy of the stream.
func (c *Conn) directBatch(ctx context.Context, id chat.ID, filter Subject, from uint64) ([]chat.Event, error) {
	events, _, err := c.direct(ctx, id, getRequest{Seq: from, NextFor: filter, Batch: readBatch})
	return events, err
}

// upToHeader is the end of the stream at the time of a request for several last messages
// (NATS ADR-31).
const upToHeader = "Nats-UpTo-Sequence"

// direct reads events from any copy of the stream. If the request is for the last events
// of subjects, and there are any, end is up to where that copy has the stream; else 0.
func (c *Conn) direct(ctx context.Context, id chat.ID, req getRequest) (events []chat.Event, end uint64, err error) {
	at, err := c.directly(ctx, c.streamName(id), req, func(msg *nats.Msg) error {
		e, err := c.decodeDirect(ctx, msg, id)
		events = append(events, e)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	if at != "" {
		if end, err = strconv.ParseUint(at, 10, 64); err != nil {
			return nil, 0, fmt.Errorf("direct get ends at %q: %w", at, err)
		}
	}
	return events, end, nil
}

// directly passes each message that any copy of the stream answers with to take, until
// that fails. It returns what the copy says of its end, if anything.
func (c *Conn) directly(ctx context.Context, stream string, req getRequest, take func(*nats.Msg) error) (upTo string, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	body, err := json.Marshal(req)
	if err != nil {
		return "", err
	}
	inbox := c.nc.NewRespInbox()
	sub, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return "", translate(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := c.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, body); err != nil {
		return "", translate(err)
	}
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return "", translate(err)
		}
		switch status := msg.Header.Get("Status"); {
		case status == "404": // nothing there
			return "", nil
		case status == "204": // the end of the batch
			return msg.Header.Get(upToHeader), nil
		case status != "" || len(msg.Data) == 0:
			return "", fmt.Errorf("%w: direct get answers %s", ErrUnavailable, status)
		}
		if err := take(msg); err != nil {
			return "", err
		}
	}
}

// decodeDirect decodes an event from a message with its sequence and time in headers: the
// answer to a direct get, or a republished message.
func (c *Conn) decodeDirect(ctx context.Context, msg *nats.Msg, id chat.ID) (chat.Event, error) {
	seq, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return chat.Event{}, fmt.Errorf("message on %s without its sequence: %w", msg.Subject, err)
	}
	at, err := time.Parse(time.RFC3339Nano, msg.Header.Get(jetstream.TimeStampHeaer))
	if err != nil {
		return chat.Event{}, fmt.Errorf("message %d on %s without its time: %w", seq, msg.Subject, err)
	}
	e, err := chat.Decode(msg.Data, id, seq, at)
	if err != nil {
		return chat.Event{}, err
	}
	e.Source, e.Why = msg.Header.Get(sourceHeader), chat.ParseWhy(msg.Header.Get(whyHeader))
	return c.sealer.readable(ctx, e, msg.Data)
}
