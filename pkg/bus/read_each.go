package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/parley-chat/parley/pkg/chat"
)

// EachEvent passes everything that the streams hold of all chats to take, some hundred events at
// a time, those of one stream in order, until take fails. Notes are opened. Events of a kind that
// is unknown here are left out.
func (c *Conn) EachEvent(ctx context.Context, take func([]chat.Event) error) error {
	for _, stream := range c.chatStreams() {
		info, err := c.streamInfo(ctx, stream)
		if err != nil {
			return err
		}
		for at := uint64(0); at < info.State.LastSeq && info.State.Msgs > 0; {
			var batch []chat.Event
			seen := false
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
			if err != nil {
				return fmt.Errorf("read stream %s after %d: %w", stream, at, err)
			}
			if err := take(batch); err != nil {
				return err
			}
			if !seen {
				break
			}
		}
	}
	return nil
}
