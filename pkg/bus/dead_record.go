package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
)

// DeadLetter is what the stream DEAD keeps of a delivery that a role gave up. There is
// one for each event and role.
type DeadLetter struct {
	// Number is its sequence in DEAD, by which operators refer to it. No other one
	// gets that number, even after this one is gone.
	Number uint64 `json:"-"`
	// Role is the consumer that gave it up: bot, escalation or history.
	Role    string  `json:"role"`
	Chat    chat.ID `json:"chat,omitempty"` // empty if not even that can be read
	Stream  string  `json:"stream"`
	Seq     uint64  `json:"seq"` // in that stream
	Subject string  `json:"subject"`
	Reason  string  `json:"reason"`
	// Tries counts deliveries, Failed those that the handler failed at.
	Tries  int       `json:"tries"`
	Failed int       `json:"failed,omitempty"`
	Stored time.Time `json:"stored,omitzero"` // when the stream stored the event
	At     time.Time `json:"at"`              // when it was given up
	// Data is the message as it is in its stream. It is empty if that is too large for
	// a dead letter; it may still be in its stream then.
	Data []byte `json:"data"`
}

const (
	// maxDeadData limits the message in a dead letter: as base64 within JSON it must
	// fit into one NATS message of at most a megabyte.
	maxDeadData = 512 << 10
	// maxReason limits a reason, in bytes.
	maxReason = 4000
)

// origin is where a delivery came from, and what it contains.
type origin struct {
	stream  string
	seq     uint64
	subject string
	stored  time.Time
	data    []byte
	tries   int    // deliveries
	trace   string // see chat.Event.Trace
	source  string // see chat.Event.Source
}

func originOf(msg *nats.Msg) (origin, error) {
	from, ok := parseAckSubject(msg.Reply)
	if !ok {
		return origin{}, fmt.Errorf("delivery on %s: %.100q is no subject of acknowledgments", msg.Subject, msg.Reply)
	}
	from.subject, from.data = msg.Subject, msg.Data
	from.trace, from.source = msg.Header.Get(traceHeader), msg.Header.Get(sourceHeader)
	return from, nil
}

// parseAckSubject reads where a delivery came from, and how often it was delivered, from the
// subject that it is acknowledged on (NATS ADR-15):
//
//	$JS.ACK.<stream>.<consumer>.<deliveries>.<seq>.<consumer's seq>.<stored>.<pending>
//	$JS.ACK.<domain>.<account>.<stream>.<…>.<pending> and perhaps more
func parseAckSubject(subject string) (from origin, ok bool) {
	rest, ok := strings.CutPrefix(subject, "$JS.ACK.")
	if !ok {
		return from, false
	}
	switch n := strings.Count(rest, "."); {
	case n == 6:
	case n >= 8:
		_, rest, _ = strings.Cut(rest, ".")
		_, rest, _ = strings.Cut(rest, ".")
	default:
		return from, false
	}
	from.stream, rest, _ = strings.Cut(rest, ".")
	_, rest, _ = strings.Cut(rest, ".")
	deliveries, rest, ok1 := cutNumber(rest)
	seq, rest, ok2 := cutNumber(rest)
	_, rest, ok3 := cutNumber(rest)
	stored, _, ok4 := cutNumber(rest)
	from.tries, from.seq, from.stored = int(min(deliveries, 1<<30)), seq, time.Unix(0, int64(stored)).UTC()
	return from, ok1 && ok2 && ok3 && ok4
}

// cutNumber reads a number up to the next dot.
func cutNumber(s string) (n uint64, rest string, ok bool) {
	digits, rest, _ := strings.Cut(s, ".")
	if len(digits) == 0 || len(digits) > maxDigits {
		return 0, "", false
	}
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, "", false
		}
		n = n*10 + uint64(d)
	}
	return n, rest, true
}

// newDeadLetter is the only place where dead letters are made.
func newDeadLetter(role string, from origin, failed int, reason string) DeadLetter {
	l := DeadLetter{
		Role: role, Chat: chatOf(from.subject), Stream: from.stream, Seq: from.seq, Subject: from.subject,
		Tries: from.tries, Failed: failed, Stored: from.stored, At: time.Now().UTC(), Data: from.data,
	}
	if len(l.Data) > maxDeadData {
		l.Data = nil
		reason += " (the message is too large for a dead letter)"
	}
	l.Reason = clip(reason, 3*maxReason)
	return l
}

// chatOf returns the chat in the subject of an event or of a due timer.
func chatOf(subject string) chat.ID {
	if id, _, err := parseSubject(subject); err == nil {
		return id
	}
	id, _, err := parseDue(subject)
	if err != nil {
		return ""
	}
	return id
}

// clip shortens a text to a number of bytes, without splitting a character.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}

// record adds a dead letter to DEAD, unless there is one for that event and role. It may
// be repeated at any time.
func (c *Conn) record(ctx context.Context, l DeadLetter) error {
	data, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode dead letter: %w", err)
	}
	subject := deadSubject(l.Role, l.Chat, l.Stream, l.Seq)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), requestTimeout)
	defer cancel()
	a := &pending{ctx: ctx, msg: nats.Msg{Subject: string(subject), Data: data}}
	a.expectLast(subject, 0)
	_, err = c.publisher.wait(a)
	if errors.Is(err, ErrConflict) {
		return nil
	}
	if err == nil {
		c.metrics.dead.WithLabelValues(l.Role).Inc()
	}
	return err
}

// HasDeadLetter reports whether a replica of the role gave the event up and nobody has
// replayed or dropped it since.
func (c *Conn) HasDeadLetter(ctx context.Context, role string, e chat.Event) (bool, error) {
	_, err := c.leaderMessage(ctx, deadStream, getRequest{LastFor: deadSubject(role, e.Chat, c.streamName(e.Chat), e.Seq)})
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a dead letter of event %d of chat %s: %w", e.Seq, e.Chat, err)
	}
	return true, nil
}

// RecordDeadLetter records, once, that the role gave up an event after a number of
// failures. Only then may the role treat it as handled, since retention removes it from
// its stream some day.
func (c *Conn) RecordDeadLetter(ctx context.Context, role string, e chat.Event, failures int, cause error) error {
	subject, err := eventSubject(e.Chat, e.Kind)
	if err != nil {
		return err
	}
	data, err := c.sealer.encode(ctx, e)
	if err != nil {
		return err
	}
	return c.record(ctx, newDeadLetter(role, origin{
		stream: c.streamName(e.Chat), seq: e.Seq, subject: string(c.at(e.Chat, subject)), stored: e.At, data: data, tries: failures,
	}, failures, cause.Error()))
}
