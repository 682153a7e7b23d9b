package check

import "github.com/parley-chat/parley/test/load/internal/history"

// fresh checks that a view has everything that was acknowledged before it was
// requested. If several requests may have been the one that was answered, the oldest
// counts.
func (c *client) fresh(asked, opened int) {
	e := c.entries[opened]
	chat := c.book.chat(e.Chat)
	need := chat.acknowledged(c.time(asked), c.by)
	if e.Seq >= need {
		return
	}
	c.found.add(Stale, chat.id, func() []history.Entry {
		return evidence(c.ofPast(asked, opened), c.ofEvent(chat, chat.at(need)), ofAcks(chat, func(a ack) bool { return a.seq == need }))
	}, "%s asked for the chat after event %d was acknowledged, and was told that it ends with %d", c.name, need, e.Seq)
}
