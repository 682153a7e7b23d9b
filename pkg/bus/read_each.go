package bus

import (
	"context"
	"fmt"
	"math"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
)

// EachEvent calls take with all events of all chats that this region's streams have, some at a time
// and each stream in its order, until it returns an error. Events of kinds that this version does not
// know are left out.
func (c *Conn) EachEvent(ctx context.Context, take func([]chat.Event) error) error {
	for _, stream := range c.chatStreams() {
		info, err := c.streamInfo(ctx, stream)
		if err != nil {
			return err
		}
		if info.State.Msgs == 0 {
			continue
		}
		err = c.eachAfter(ctx, stream, 0, info.State.LastSeq, func(_ uint64, events []chat.Event) error { return take(events) })
		if err != nil {
			return err
		}
	}
	return nil
}

// EachEventAfter is EachEvent for one of the ChatStreams, from behind a sequence on. take is told the
// sequence up to which it has all that the stream has then.
func (c *Conn) EachEventAfter(ctx context.Context, stream string, after uint64, take func(upTo uint64, events []chat.Event) error) error {
	return c.eachAfter(ctx, stream, after, math.MaxUint64, take)
}

// ChatStreams returns the names of the streams that the region's chats are spread over.
func (c *Conn) ChatStreams() []string { return c.chatStreams() }

// LastOf returns the last sequence of a stream, from its leader.
func (c *Conn) LastOf(ctx context.Context, stream string) (uint64, error) {
	info, err := c.streamInfo(ctx, stream)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

func (c *Conn) eachAfter(ctx context.Context, stream string, at, last uint64, take func(uint64, []chat.Event) error) error {
	for seen := true; seen && at < last; {
		var batch []chat.Event
		seen = false
		_, err := c.directly(ctx, stream, getRequest{Seq: at + 1, NextFor: ">", Batch: readBatch}, func(msg *nats.Msg) error {
			id, _, err := parseSubject(msg.Header.Get("Nats-Subject"))
			if err != nil {
				return err
			}
			e, err := c.decodeDirect(ctx, msg, id)
			if err != nil {
				return err
			}
			seen, at = true, e.Seq
			if e.Kind.Check() == nil {
				batch = append(batch, e)
			}
			return nil
		})
		// What came before it failed is taken: over a slow line a whole batch may never come in time.
		if seen {
			if err := take(at, batch); err != nil {
				return err
			}
		} else if err != nil {
			return fmt.Errorf("read stream %s after %d: %w", stream, at, err)
		}
	}
	return nil
}
