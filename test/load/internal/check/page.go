package check

import "github.com/parley-chat/parley/test/load/internal/history"

// page checks that a page is a piece of the chat without a gap, that it ends where it
// was asked to or with everything that was acknowledged before the request, and that
// "more" is right.
func (c *client) page(asked, got int) {
	question, answer := c.entries[asked], c.entries[got]
	chat := c.book.chat(answer.Chat)
	for _, e := range answer.Events {
		c.shown(got, e)
	}
	if !c.unbroken(chat, asked, got) {
		return
	}
	c.ends(chat, asked, got)
	more := false
	if len(answer.Events) > 0 {
		if l := chat.at(answer.Events[0].Seq); l != nil {
			more = l.prev[c.by] != 0
		}
	} else if question.Before > 0 && answer.More {
		more = chat.upTo(question.Before-1, c.by) > 0
	}
	if more != answer.More {
		c.found.add(More, chat.id, func() []history.Entry { return c.ofPast(asked, got) },
			"%s was given a page that begins with event %d and says more = %t", c.name, firstOf(answer.Events), answer.More)
	}
}

// unbroken reports whether the page's events follow each other in the log.
func (c *client) unbroken(chat *chat, asked, got int) bool {
	events := c.entries[got].Events
	show := func() []history.Entry { return c.ofPast(asked, got) }
	chained := false // whether the page's events were recorded with their prev
	for _, e := range events {
		chained = chained || e.Prev != 0
	}
	for i, e := range events {
		l := chat.at(e.Seq)
		if l == nil || !l.durable() {
			continue
		}
		want := l.prev[c.by]
		switch {
		case i > 0 && e.Seq <= events[i-1].Seq:
			c.found.add(PageHole, chat.id, show, "%s was given a page with event %d after %d", c.name, e.Seq, events[i-1].Seq)
			return false
		case i > 0 && want > events[i-1].Seq:
			missing := chat.at(want)
			c.found.add(PageHole, chat.id, func() []history.Entry { return evidence(c.ofPast(asked, got), c.ofEvent(chat, missing)) },
				"%s was given a page with event %d after %d and not %d, which stands between them", c.name, e.Seq, events[i-1].Seq, want)
			return false
		}
		if i > 0 {
			want = events[i-1].Seq // which may be in this page only
		} else if before := chat.at(e.Prev); before != nil && !before.durable() {
			want = e.Prev
		}
		if chained && e.Prev != want {
			c.found.add(Prev, chat.id, show, "%s was given a page with event %d that names %d as the one before it; that is %d", c.name, e.Seq, e.Prev, want)
			return false
		}
	}
	return true
}

// ends checks where the page ends.
func (c *client) ends(chat *chat, asked, got int) {
	question, events := c.entries[asked], c.entries[got].Events
	last := uint64(0)
	if n := len(events); n > 0 {
		last = events[n-1].Seq
	}
	if question.Before == 0 {
		if need := chat.acknowledged(c.time(asked), c.by); last < need {
			c.found.add(PageStale, chat.id, func() []history.Entry {
				return evidence(c.ofPast(asked, got), c.ofEvent(chat, chat.at(need)), ofAcks(chat, func(a ack) bool { return a.seq == need }))
			}, "%s asked for the last events after event %d was acknowledged, and the page ends with %d", c.name, need, last)
		}
		return
	}
	end := chat.at(question.Before)
	if end == nil || !end.durable() || end.in&toClient == 0 || end.told > c.time(asked) {
		return // perhaps there was no such event yet
	}
	if want := end.prev[c.by]; last != want {
		c.found.add(PageHole, chat.id, func() []history.Entry { return evidence(c.ofPast(asked, got), c.ofLines(chat, chat.at(want))) },
			"%s asked for what stands before event %d, and the page ends with %d instead of %d", c.name, question.Before, last, want)
	}
}

func firstOf(events []history.Event) uint64 {
	if len(events) == 0 {
		return 0
	}
	return events[0].Seq
}
