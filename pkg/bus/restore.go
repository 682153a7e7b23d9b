package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// aboveKey is where a chat stream states that it began above a sequence: what is at or below it was
// written elsewhere, and the store got it from an export.
const aboveKey = "parley-above"

// ErrNotEmpty says that there are events already.
var ErrNotEmpty = errors.New("the streams are not empty")

// SeqClass returns after how many moves to another region an event has the sequence.
func SeqClass(seq uint64) int { return int(min(seq/guestBase, MaxMoves)) }

// GoOnAbove has the chat streams, which must be empty, give out sequences above the ones of its
// argument: highest[n] for chats that were moved n times. It can be repeated. The error wraps
// ErrNotEmpty if something was ever written to one of them.
func (c *Conn) GoOnAbove(ctx context.Context, highest []uint64) error {
	for _, name := range c.chatStreams() {
		class := 0
		for n := range MaxMoves {
			if name == guestStream(n+1) {
				class = n + 1
			}
		}
		if class >= len(highest) {
			continue
		}
		if err := c.goOnAbove(ctx, name, highest[class]); err != nil {
			return fmt.Errorf("have stream %s go on above %d: %w", name, highest[class], err)
		}
	}
	return nil
}

func (c *Conn) goOnAbove(ctx context.Context, name string, seq uint64) error {
	s, err := c.js.Stream(ctx, name)
	if err != nil {
		return translate(err)
	}
	cfg, state := s.CachedInfo().Config, s.CachedInfo().State
	above := strconv.FormatUint(seq, 10)
	if stated := cfg.Metadata[aboveKey]; stated != "" && stated != above || state.Msgs > 0 || stated == "" && state.LastSeq >= max(cfg.FirstSeq, 1) {
		return ErrNotEmpty
	}
	// Stated first: a stream that was raised and does not state it would look like one that was used.
	stated := map[string]string{aboveKey: above}
	maps.Copy(stated, cfg.Metadata)
	cfg.Metadata = stated
	if _, err := c.js.UpdateStream(ctx, cfg); err != nil {
		return translate(err)
	}
	return translate(s.Purge(ctx, jetstream.WithPurgeSequence(seq+1)))
}

// RestoredBelow returns the sequence from which on the chat's events are its stream's own; 0 if all are.
// What is below was written elsewhere.
func (c *Conn) RestoredBelow(ctx context.Context, id chat.ID) (uint64, error) {
	info, err := c.streamInfo(ctx, c.streamName(id))
	if err != nil {
		return 0, err
	}
	stated := info.Config.Metadata[aboveKey]
	if stated == "" {
		return 0, nil
	}
	above, err := strconv.ParseUint(stated, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read what stream %s states: %w", info.Config.Name, err)
	}
	return above + 1, nil
}
