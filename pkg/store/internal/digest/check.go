package digest

import (
	"fmt"
	"math"

	"github.com/parley-chat/parley/pkg/chat"
)

// Check refuses events that no store can keep: without a valid chat or sequence (the
// stream assigns both, so this is a bug), or of an unknown kind, of which this version
// might lose a part.
func Check(events []chat.Event) error {
	for i, e := range events {
		if _, err := chat.ParseID(string(e.Chat)); err != nil {
			return fmt.Errorf("store event %d of the batch, chat %q: %w", i, e.Chat, err)
		}
		if e.Seq == 0 || e.Seq > math.MaxInt64 {
			return fmt.Errorf("store event %d of the batch: its sequence is %d and must be between 1 and %d", i, e.Seq, math.MaxInt64)
		}
		if err := e.Kind.Check(); err != nil {
			return fmt.Errorf("store event %d of chat %s: %w", e.Seq, e.Chat, err)
		}
	}
	return nil
}
