package bus

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// getRequest is the body of $JS.API.STREAM.MSG.GET and $JS.API.DIRECT.GET
// (NATS ADR-31).
type getRequest struct {
	Seq     uint64  `json:"seq,omitempty"`
	LastFor Subject `json:"last_by_subj,omitempty"`
	NextFor Subject `json:"next_by_subj,omitempty"`
	Batch   int     `json:"batch,omitempty"`

	// StartTime replaces Seq: from the first message stored then or later.
	StartTime *time.Time `json:"start_time,omitempty"`

	MultiLast []Subject `json:"multi_last,omitempty"`
}

// leaderGet reads one event from the stream's leader, never from another copy.
func (c *Conn) leaderGet(ctx context.Context, id chat.ID, req getRequest) (chat.Event, error) {
	m, err := c.leaderMessage(ctx, c.streamName(id), req)
	if err != nil {
		return chat.Event{}, err
	}
	e, err := chat.Decode(m.Data, id, m.Seq, m.Time)
	if err != nil {
		return chat.Event{}, err
	}
	m.beside(&e)
	return c.sealer.readable(ctx, e, m.Data)
}

// storedMessage is a message as the leader of its stream returns it.
type storedMessage struct {
	Subject string `json:"subject"`
	Seq     uint64 `json:"seq"`
	// Headers are kept as they come, a string in base64: they are long, and hardly ever
	// asked for.
	Headers json.RawMessage `json:"hdrs"`
	Data    []byte          `json:"data"`
	Time    time.Time       `json:"time"`
}

// beside adds to an event what travels beside it.
func (m storedMessage) beside(e *chat.Event) {
	var buf [1024]byte
	all := m.headers(buf[:0])
	e.Source = headerIn(all, sourceHeader)
	if e.Kind == chat.Reply {
		e.Why = chat.ParseWhy(headerIn(all, whyHeader))
	}
}

// headers appends all headers; none if they can't be read, since only what travels beside the
// event is lost.
func (m storedMessage) headers(to []byte) []byte {
	if len(m.Headers) < 2 {
		return nil
	}
	all, err := base64.StdEncoding.AppendDecode(to, m.Headers[1:len(m.Headers)-1])
	if err != nil {
		return nil
	}
	return all
}

// headerIn returns the first value of a header; empty if there is none. Parsing all of them
// would cost more than the rest of the read.
func headerIn(all []byte, name string) string {
	_, after, _ := bytes.Cut(all, []byte("\r\n"+name+": "))
	value, _, _ := bytes.Cut(after, []byte("\r\n"))
	return string(value)
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

// askLeader calls ask, which only a leader answers, for requestTimeout at most. Like an
// append it is repeated, first after a second and later with more patience: while there
// is no leader nobody answers, and one that is elected meanwhile knows nothing of earlier
// requests.
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
