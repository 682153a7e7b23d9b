package check

import (
	"slices"

	"github.com/parley-chat/parley/test/load/internal/history"
)

const (
	// firstPage is the number of events with which a view begins that can't resume.
	firstPage = 50
	// pageBytes is the size up to which a page is never cut short.
	pageBytes = 256 << 10
)

// beginning checks how a view begins: with the events after since or, without a since
// or if it can't be honored, with a whole page of the last events. It also checks that
// "more" is right.
func (c *client) beginning(chat *chat, v *view) {
	i := v.told[0]
	e, opening := *c.entries[i].Event, c.entries[v.opened]
	l := chat.at(e.Seq)
	if l == nil || len(v.since) == 0 {
		return
	}
	from := v.since[0]
	if slices.Contains(v.since, e.Prev) {
		from = e.Prev
	}
	want, show := l.prev[c.by], func() []history.Entry {
		return evidence(c.ofOpening(v), c.ofPast(i), c.ofLines(chat, chat.at(l.prev[c.by])))
	}
	since := chat.at(from)
	known := since != nil && visible(since.Event, c.by)
	switch {
	case known && e.Prev == from && e.Seq > from && want > from:
		c.missing(chat, v, 0, from)
		return
	case known && e.Prev == from && e.Seq > from: // it goes on
	case from != 0 && !known && e.Prev == from && e.Seq > from: // it goes on from what is no event of this chat
	case e.Prev != want:
		c.found.add(Prev, chat.id, show, "%s began with event %d, which names %d as the one before it; that is %d", c.name, e.Seq, e.Prev, want)
		return
	case !c.isPage(chat, l, opening.Seq) && known && e.Seq <= from:
		c.found.add(Repeated, chat.id, show, "%s came back with since %d and was told event %d again", c.name, from, e.Seq)
		return
	case !c.isPage(chat, l, opening.Seq):
		after := before(chat, l, c.by)
		if known {
			after = from
		}
		c.missing(chat, v, 0, after)
		return
	}
	if opening.More != (e.Prev != 0) {
		c.found.add(More, chat.id, show, "%s was told more = %t, and the first event %d names %d before it", c.name, opening.More, e.Seq, e.Prev)
	}
}

// before returns the event two before this one: something after it is missing if this
// one was shown first.
func before(chat *chat, l *line, by eyes) uint64 {
	if p := chat.at(l.prev[by]); p != nil {
		return p.prev[by]
	}
	return 0
}

// isPage reports whether the events from a line to what was the chat's end are as many
// as the last page holds, or all there are, or too large for one page.
func (c *client) isPage(chat *chat, l *line, end uint64) bool {
	n := chat.upTo(end, c.by) - l.count[c.by] + 1
	if l.prev[c.by] == 0 || n >= firstPage {
		return true
	}
	i, ok := chat.find(end)
	if !ok {
		i--
	}
	size := 0
	for ; i >= 0 && n >= 0; i-- {
		size += 6*len(chat.lines[i].Text) + 1024
		n--
	}
	return size > pageBytes
}

// ofOpening shows how a view was requested and opened.
func (c *client) ofOpening(v *view) []history.Entry {
	for i := v.opened - 1; i >= 0; i-- {
		e := c.entries[i]
		if e.Conn == v.conn && (e.Op == history.Hello || e.Op == history.Watch && e.Chat == v.chat) {
			return c.ofPast(i, v.opened)
		}
	}
	return c.ofPast(v.opened)
}
