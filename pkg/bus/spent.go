package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/spent"
)

// What a language model cost is counted in the stream SPENT, by NATS itself: a message
// there says by how much its subject's number grows, and its acknowledgment how large the
// number is now. So any number of bots add to one number, and each learns what all of them
// have spent, in one round trip, without reading first and without a conflict.
//
// A number holds calls and tokens: calls × 10¹² + tokens. So that round trip counts both.
const callsUnit = 1_000_000_000_000

// incrHeader says by how much a counter grows (NATS ADR-49).
const incrHeader = "Nats-Incr"

// Spender is who a counter is for: a chat, an address, a network, or everybody.
type Spender struct {
	Scope spent.Scope
	// Of is the chat's id, or what stands for the address or network in a source (see
	// chat.SourceLevels); empty for everybody.
	Of string
}

// Spenders are all whom a call for the chat counts for. Without a source (of an event that
// an earlier version stored) neither an address nor a network is charged.
func Spenders(id chat.ID, source string) []Spender {
	list := []Spender{{spent.Chat, string(id)}}
	levels := chat.SourceLevels(source)
	for i, level := range levels {
		if isToken(level) {
			list = append(list, Spender{scopeOf(i, len(levels)), level})
		}
	}
	return append(list, Spender{Scope: spent.Day})
}

// scopeOf returns the scope of that level of a source.
func scopeOf(level, levels int) spent.Scope {
	switch chat.SourceTimes(level, levels) {
	case 1:
		return spent.Address
	case 4:
		return spent.Network
	default:
		return spent.Subnet
	}
}

// Spend adds the amount to each spender's counter of that day, all at once, and returns
// what each has spent then. It tries again until the context ends, and then wraps
// ErrUnavailable if the counters don't answer. What was added without an answer counts
// twice, and after an error some counters may have been added to: too much is counted
// rather than too little.
func (c *Conn) Spend(ctx context.Context, day string, spenders []Spender, more spent.Amount) (map[spent.Scope]spent.Amount, error) {
	totals := make([]spent.Amount, len(spenders))
	var adding errgroup.Group // one that fails does not stop the others
	for i, s := range spenders {
		adding.Go(func() error {
			return retryUnavailable(ctx, func(try int) (err error) {
				totals[i], err = c.addSpent(ctx, spentSubject(day, s), more, appendTime(try))
				return err
			})
		})
	}
	if err := adding.Wait(); err != nil {
		return nil, err
	}
	by := make(map[spent.Scope]spent.Amount, len(spenders))
	for i, s := range spenders {
		by[s.Scope] = totals[i]
	}
	return by, nil
}

// CorrectSpent changes the counters by the amount, which may be negative. It tries once:
// what is taken back twice would never be counted.
func (c *Conn) CorrectSpent(ctx context.Context, day string, spenders []Spender, by spent.Amount) error {
	var adding errgroup.Group
	for _, s := range spenders {
		adding.Go(func() error {
			_, err := c.addSpent(ctx, spentSubject(day, s), by, requestTimeout)
			return err
		})
	}
	return adding.Wait()
}

func (c *Conn) addSpent(ctx context.Context, subject Subject, more spent.Amount, limit time.Duration) (spent.Amount, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	by := strconv.FormatInt(more.Calls*callsUnit+more.Tokens, 10)
	msg := &nats.Msg{Subject: string(subject), Header: nats.Header{incrHeader: {by}}}
	ack, err := c.js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
	if err != nil {
		return spent.Amount{}, fmt.Errorf("add %s to %s: %w", by, subject, translate(err))
	}
	return parseSpent(ack.Value)
}

// MarkSpender notes that the spender is near its ceiling of that day, for SpentOn. It
// may be repeated.
func (c *Conn) MarkSpender(ctx context.Context, day string, s Spender) error {
	_, err := c.addSpent(ctx, spentMark(day, s), spent.Amount{Calls: 1}, requestTimeout)
	return err
}

// parseSpent reads a counter. One below zero, which only a person can have made, is zero.
func parseSpent(value string) (spent.Amount, error) {
	n, ok := new(big.Int).SetString(value, 10)
	if !ok || !n.IsInt64() {
		return spent.Amount{}, fmt.Errorf("%q is no counter", value)
	}
	v := max(0, n.Int64())
	return spent.Amount{Calls: v / callsUnit, Tokens: v % callsUnit}, nil
}

// SpentLook is what was spent on a day.
type SpentLook struct {
	All spent.Amount
	// Marked are those who were near their ceiling, each once: at most maxMarked, the
	// first by name. More says that there are others.
	Marked []SpenderLook
	More   bool
}

// SpenderLook is what one spender has spent.
type SpenderLook struct {
	Spender
	Spent spent.Amount
}

// maxMarked is how many spenders one look names.
const maxMarked = 50

// SpentOn reads what was spent on that day, from any copy of the counters.
func (c *Conn) SpentOn(ctx context.Context, day string) (SpentLook, error) {
	var l SpentLook
	first, err := c.counters(ctx, getRequest{MultiLast: []Subject{spentSubject(day, Spender{Scope: spent.Day}), spentMarks(day)}, Batch: maxMarked + 2})
	if err != nil {
		return l, fmt.Errorf("read what was spent: %w", err)
	}
	var marked []Subject
	for _, counter := range first {
		switch s, mark := parseSpentMark(counter.subject); {
		case !mark:
			l.All = counter.value
		case len(marked) == maxMarked:
			l.More = true
		default:
			marked = append(marked, spentSubject(day, s))
		}
	}
	if len(marked) == 0 {
		return l, nil
	}
	theirs, err := c.counters(ctx, getRequest{MultiLast: marked, Batch: len(marked)})
	if err != nil {
		return l, fmt.Errorf("read what some have spent: %w", err)
	}
	for _, counter := range theirs {
		if s, ok := parseSpender(counter.subject); ok {
			l.Marked = append(l.Marked, SpenderLook{s, counter.value})
		}
	}
	return l, nil
}

type counter struct {
	subject string
	value   spent.Amount
}

// counters reads several counters at once.
func (c *Conn) counters(ctx context.Context, req getRequest) (list []counter, err error) {
	_, err = c.directly(ctx, spentStream, req, func(msg *nats.Msg) error {
		var body struct {
			Value string `json:"val"`
		}
		if err := json.Unmarshal(msg.Data, &body); err != nil {
			return fmt.Errorf("a counter can't be read: %w", err)
		}
		value, err := parseSpent(body.Value)
		list = append(list, counter{msg.Header.Get(jetstream.SubjectHeader), value})
		return err
	})
	return list, err
}

// isToken reports whether a text can be one token of a subject.
func isToken(s string) bool {
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(".*>", r) })
}
