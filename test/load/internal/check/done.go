package check

import (
	"maps"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// done checks a client that ends by itself: in the chats that it watches to the end it
// has seen everything that its view was said to hold, and everything that anybody
// received or had acknowledged a while before.
func (c *client) done(i int) {
	for _, id := range slices.Sorted(maps.Keys(c.last)) {
		if c.left[id] {
			continue
		}
		chat, opened := c.book.chat(id), c.last[id]
		by := c.heardUntil(opened, i) - c.opts.Grace
		need := max(chat.acknowledged(by, c.by), chat.shown(by, c.by))
		if c.time(opened) < by {
			need = max(need, c.entries[opened].Seq)
		}
		if seen := c.seen[id]; seen < need {
			c.found.add(Unseen, id, func() []history.Entry {
				return evidence(c.ofPast(opened, i), c.ofEvent(chat, chat.at(need)), c.ofLines(chat, chat.between(seen, need+1, c.by)...))
			}, "%s ended in peace having seen the chat up to event %d and not %d", c.name, seen, need)
		}
	}
}

// heardUntil is when a view could last receive something: the end of its connection,
// or of the client.
func (c *client) heardUntil(opened, done int) time.Duration {
	for i := done; i > opened; i-- {
		if e := c.entries[i]; e.Op == history.End && e.Conn == c.entries[opened].Conn {
			return e.At
		}
	}
	return c.time(done)
}

// shown returns the last event of the log that anybody received before that time, of
// those that these eyes may see.
func (c *chat) shown(before time.Duration, by eyes) uint64 {
	for _, l := range slices.Backward(c.lines) {
		if l.durable() && l.in&toClient != 0 && l.told < before && visible(l.Event, by) {
			return l.Seq
		}
	}
	return 0
}
