package check

import (
	"maps"
	"slices"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// sent remembers what the client sent, in the order of first sending.
func (c *client) sent(e *history.Entry) {
	key := calling{e.Chat, e.ID}
	c.sentIn[e.ID] = e.Chat
	if c.frames[key] {
		return
	}
	c.frames[key] = true
	if e.Op != history.Send {
		return // an agent's calls may be stored in any order
	}
	if l := c.book.chat(e.Chat).byID[[3]string{"visitor", "", e.ID}]; l != nil && l.durable() {
		c.order[e.Chat] = append(c.order[e.Chat], l)
	}
}

// sender checks that the log has what a client sent in that order, as far as the client
// knows that it is stored.
func (c *client) sender() {
	for _, id := range slices.Sorted(maps.Keys(c.order)) {
		chat := c.book.chat(id)
		known := slices.DeleteFunc(c.order[id], func(l *line) bool { return l.Seq > max(c.seen[id], c.owned[id]) })
		for i := 1; i < len(known); i++ {
			a, b := known[i-1], known[i]
			if b.Seq > a.Seq {
				continue
			}
			c.found.add(Reordered, id, func() []history.Entry { return evidence(c.ofEvent(chat, a), c.ofEvent(chat, b)) },
				"%s sent %s before %s, and they stand at %d and %d", c.name, a.ID, b.ID, a.Seq, b.Seq)
		}
	}
}
