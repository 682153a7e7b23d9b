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
		return // an agent's calls have no order among themselves
	}
	if l := c.book.chat(e.Chat).byID[[3]string{"visitor", "", e.ID}]; l != nil && l.durable() {
		c.order[e.Chat] = append(c.order[e.Chat], l)
	}
}

// sender checks that what a client sent stands in the log in that order. It is
// held to the events that the client knows to be stored.
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
