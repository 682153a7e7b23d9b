package bus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// Tail is what the stream holds of a chat after some sequence.
type Tail struct {
	Events []chat.Event // ascending
	// More is set where a part of the tail was asked for and there is more of it.
	More bool
	// Whole is false where events after that sequence may have been purged from
	// the stream; they are in the store then.
	Whole bool
}

// readBatch is how many messages one direct get asks for.
const readBatch = 256

// maxPart is how many bytes of text a part of a tail holds, about.
const maxPart = 2 << 20

// TailOf reads the chat's events with a sequence above after that are stored where
// the reader's are. It contains everything that the stream had acknowledged when it
// was called, even if a lagging replica served part of it. Among the events may be
// some of a kind that is unknown here: ask chat.Kind.VisibleTo before showing any.
func (c *Conn) TailOf(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (Tail, error) {
	whole, err := c.TailPart(ctx, id, after, reader)
	for part := whole; part.More && err == nil; {
		part, err = c.TailPart(ctx, id, part.Events[len(part.Events)-1].Seq, reader)
		whole.Events = append(whole.Events, part.Events...)
		whole.Whole = whole.Whole && part.Whole
	}
	whole.More = false
	return whole, err
}

// TailPart is TailOf for who has little room: it reads a few megabytes at most,
// and says so where there is more.
func (c *Conn) TailPart(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (Tail, error) {
	subjects := readerSubjects(id, reader)
	t, end := Tail{}, uint64(math.MaxUint64)
	if len(subjects) > 1 {
		// The subjects are read one after the other, and more arrives meanwhile: a
		// note could be read without the reply before it. Whatever was stored before
		// the first read is in all of them.
		last, err := c.LastSeq(ctx, id, reader)
		if err != nil {
			return Tail{}, err
		}
		end = last
	}
	for _, subject := range subjects {
		events, more, err := c.readAfter(ctx, id, subject, after)
		if err != nil {
			return Tail{}, fmt.Errorf("read chat %s after %d: %w", id, after, err)
		}
		if more {
			t.More, end = true, min(end, events[len(events)-1].Seq)
		}
		t.Events = append(t.Events, events...)
	}
	slices.SortFunc(t.Events, func(a, b chat.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	// Where one subject was not read to the end, nothing after that counts.
	t.Events = slices.DeleteFunc(t.Events, func(e chat.Event) bool { return e.Seq > end })
	t.More = t.More && len(t.Events) > 0
	// Asked last: what was purged while we read must count too.
	first, err := c.firstSeq(ctx, id)
	t.Whole = after+1 >= first
	return t, err
}

// readAfter reads one subject filter up to what the leader has now, or until
// there is enough for a part.
func (c *Conn) readAfter(ctx context.Context, id chat.ID, subject Subject, after uint64) (events []chat.Event, more bool, err error) {
	last, err := c.leaderGet(ctx, id, getRequest{LastFor: subject})
	if errors.Is(err, ErrNotFound) || err == nil && last.Seq <= after {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	size := 0
	for at := after; at < last.Seq; {
		if size > maxPart {
			return events, true, nil
		}
		batch, err := c.directBatch(ctx, id, subject, at+1)
		if err != nil {
			return nil, false, err
		}
		if len(batch) == 0 { // a replica that lags: the leader has it
			e, err := c.leaderGet(ctx, id, getRequest{Seq: at + 1, NextFor: subject})
			if errors.Is(err, ErrNotFound) { // purged while we read
				break
			}
			if err != nil {
				return nil, false, err
			}
			batch = append(batch, e)
		}
		for _, e := range batch {
			size += len(e.Text)
		}
		events = append(events, batch...)
		at = batch[len(batch)-1].Seq
	}
	return events, false, nil
}

// Inputs reads from the stream's leader what the visitor wrote after a sequence
// up to and including another, at most limit events.
func (c *Conn) Inputs(ctx context.Context, id chat.ID, after, to uint64, limit int) ([]chat.Event, error) {
	var events []chat.Event
	for after < to && len(events) < limit {
		e, err := c.leaderGet(ctx, id, getRequest{Seq: after + 1, NextFor: inSubject(id)})
		if errors.Is(err, ErrNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read inputs of chat %s after %d: %w", id, after, err)
		}
		events = append(events, e)
		after = e.Seq
	}
	return events, nil
}

// LastInput returns the sequence of the visitor's last event, from the leader; 0
// where the stream holds none.
func (c *Conn) LastInput(ctx context.Context, id chat.ID) (uint64, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: inSubject(id)})
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read last input of chat %s: %w", id, err)
	}
	return e.Seq, nil
}

// LastSeq returns the sequence of the last event that TailOf would return, from the
// leader; 0 if the stream has none.
func (c *Conn) LastSeq(ctx context.Context, id chat.ID, reader chat.Role) (uint64, error) {
	subjects := readerSubjects(id, reader)
	var last uint64
	for _, subject := range subjects {
		e, err := c.leaderGet(ctx, id, getRequest{LastFor: subject})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return 0, fmt.Errorf("read last event of chat %s: %w", id, err)
		}
		last = max(last, e.Seq)
	}
	return last, nil
}

// NextSeq returns the sequence of the first event above after that TailOf would
// return, from the leader; math.MaxUint64 if there is none.
func (c *Conn) NextSeq(ctx context.Context, id chat.ID, after uint64, reader chat.Role) (uint64, error) {
	subjects := readerSubjects(id, reader)
	next := uint64(math.MaxUint64)
	for _, subject := range subjects {
		m, err := c.leaderMessage(ctx, c.streamName(id), getRequest{Seq: after + 1, NextFor: subject})
		switch {
		case err == nil:
			next = min(next, m.Seq)
		case !errors.Is(err, ErrNotFound):
			return 0, fmt.Errorf("look for what follows event %d of chat %s: %w", after, id, err)
		}
	}
	return next, nil
}

// Last returns the chat's state as the stream's leader knows it. Where the event
// that carries it was purged it comes from the store, through the history service.
func (c *Conn) Last(ctx context.Context, id chat.ID) (Snapshot, error) {
	e, err := c.leaderGet(ctx, id, getRequest{LastFor: outSubjects(id)})
	if err == nil && e.State == nil {
		err = fmt.Errorf("event %d, a %q, carries no state", e.Seq, e.Kind)
	}
	if err == nil {
		return Snapshot{Out: e.Seq, State: *e.State}, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return Snapshot{}, fmt.Errorf("read state of chat %s: %w", id, err)
	}
	first, err := c.firstSeq(ctx, id)
	if err != nil {
		return Snapshot{}, err
	}
	if first <= 1 { // nothing was ever purged
		return Snapshot{}, nil
	}
	last, err := Ask(ctx, c, StoredState, StateRequest{Chat: id})
	if err != nil {
		return Snapshot{}, fmt.Errorf("read state of chat %s from the store: %w", id, err)
	}
	if last.Event == nil || last.Event.State == nil {
		return Snapshot{}, nil
	}
	return Snapshot{State: *last.Event.State}, nil
}

// firstSeq returns the first sequence that the chat's stream still holds.
func (c *Conn) firstSeq(ctx context.Context, id chat.ID) (uint64, error) {
	info, err := c.streamInfo(ctx, c.streamName(id))
	if err != nil {
		return 0, err
	}
	return info.State.FirstSeq, nil
}

func (c *Conn) streamInfo(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	s, err := askLeader(ctx, func(ctx context.Context) (jetstream.Stream, error) { return c.js.Stream(ctx, name) })
	if err != nil {
		return nil, fmt.Errorf("ask for stream %s: %w", name, translate(err))
	}
	return s.CachedInfo(), nil
}

// getRequest is the body of $JS.API.STREAM.MSG.GET and $JS.API.DIRECT.GET
// (NATS ADR-31).
type getRequest struct {
	Seq     uint64  `json:"seq,omitempty"`
	LastFor Subject `json:"last_by_subj,omitempty"`
	NextFor Subject `json:"next_by_subj,omitempty"`
	Batch   int     `json:"batch,omitempty"`

	// StartTime stands in place of Seq: from the first message stored then or later.
	StartTime *time.Time `json:"start_time,omitempty"`

	MultiLast []Subject `json:"multi_last,omitempty"`
}

// leaderGet reads one event from the stream's leader, never from a replica.
func (c *Conn) leaderGet(ctx context.Context, id chat.ID, req getRequest) (chat.Event, error) {
	m, err := c.leaderMessage(ctx, c.streamName(id), req)
	if err != nil {
		return chat.Event{}, err
	}
	e, err := chat.Decode(m.Data, id, m.Seq, m.Time)
	if err != nil {
		return chat.Event{}, err
	}
	return c.sealer.readable(ctx, e, m.Data)
}

// storedMessage is a message of a stream as its leader returns it.
type storedMessage struct {
	Subject string    `json:"subject"`
	Seq     uint64    `json:"seq"`
	Data    []byte    `json:"data"`
	Time    time.Time `json:"time"`
}

// leaderMessage reads one message from a stream's leader, or returns ErrNotFound.
func (c *Conn) leaderMessage(ctx context.Context, stream string, req any) (storedMessage, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return storedMessage{}, err
	}
	reply, err := askLeader(ctx, func(ctx context.Context) (*nats.Msg, error) {
		return c.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+stream, body)
	})
	if err != nil {
		return storedMessage{}, translate(err)
	}
	var resp struct {
		Error   *jetstream.APIError `json:"error"`
		Message *storedMessage      `json:"message"`
	}
	if err := json.Unmarshal(reply.Data, &resp); err != nil {
		return storedMessage{}, fmt.Errorf("read answer of stream %s: %w", stream, err)
	}
	if resp.Error != nil {
		return storedMessage{}, translate(resp.Error)
	}
	if resp.Message == nil {
		return storedMessage{}, ErrNotFound
	}
	return *resp.Message, nil
}

// askLeader asks what only a leader answers, for requestTimeout at most, and again
// as an append is: after a second, and later with more patience. Where there is none
// at the moment nobody answers at all, and one that is elected meanwhile knows
// nothing of what was asked before.
func askLeader[T any](ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	for try := 1; ; try++ {
		once, end := context.WithTimeout(ctx, appendTime(try))
		answer, err := ask(once)
		unanswered := err != nil && once.Err() != nil
		end()
		if !unanswered || ctx.Err() != nil {
			return answer, err
		}
	}
}

func (c *Conn) requestWithin(ctx context.Context, subject string, body []byte, limit time.Duration) (*nats.Msg, error) {
	return c.requestMessage(ctx, &nats.Msg{Subject: subject, Data: body}, limit)
}

func (c *Conn) requestMessage(ctx context.Context, msg *nats.Msg, limit time.Duration) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	reply, err := c.nc.RequestMsgWithContext(ctx, msg)
	return reply, translate(err)
}

// directBatch reads up to readBatch events from any replica.
func (c *Conn) directBatch(ctx context.Context, id chat.ID, filter Subject, from uint64) ([]chat.Event, error) {
	events, _, err := c.direct(ctx, id, getRequest{Seq: from, NextFor: filter, Batch: readBatch})
	return events, err
}

// upToHeader tells up to where the stream went when several last messages were
// asked for (NATS ADR-31).
const upToHeader = "Nats-UpTo-Sequence"

// direct reads events from any replica. end is up to where that has the stream
// where the request is for the last events of subjects and there are any, else 0.
func (c *Conn) direct(ctx context.Context, id chat.ID, req getRequest) (events []chat.Event, end uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	body, err := json.Marshal(req)
	if err != nil {
		return nil, 0, err
	}
	inbox := c.nc.NewRespInbox()
	sub, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, 0, translate(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	if err := c.nc.PublishRequest("$JS.API.DIRECT.GET."+c.streamName(id), inbox, body); err != nil {
		return nil, 0, translate(err)
	}
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, 0, translate(err)
		}
		switch status := msg.Header.Get("Status"); {
		case status == "404": // nothing there
			return nil, 0, nil
		case status == "204": // the end of the batch
			if at := msg.Header.Get(upToHeader); at != "" {
				if end, err = strconv.ParseUint(at, 10, 64); err != nil {
					return nil, 0, fmt.Errorf("direct get ends at %q: %w", at, err)
				}
			}
			return events, end, nil
		case status != "" || len(msg.Data) == 0:
			return nil, 0, fmt.Errorf("%w: direct get answers %s", ErrUnavailable, status)
		}
		e, err := c.decodeDirect(ctx, msg, id)
		if err != nil {
			return nil, 0, err
		}
		events = append(events, e)
	}
}

// decodeDirect reads an event from a message that carries its place in headers:
// the answer to a direct get, or a republished message.
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
	return c.sealer.readable(ctx, e, msg.Data)
}
