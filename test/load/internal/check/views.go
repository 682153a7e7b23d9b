package check

import (
	"cmp"
	"maps"
	"slices"

	"github.com/parley-chat/parley/test/load/internal/history"
)

func sortedPlaces(views map[place]*view) []place {
	if len(views) < 2 {
		return slices.Collect(maps.Keys(views))
	}
	return slices.SortedFunc(maps.Keys(views), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.conn, b.conn), cmp.Compare(a.chat, b.chat))
	})
}

// shown checks that an event that the client received is as in the log, and one that the
// client may see.
func (c *client) shown(i int, e history.Event) {
	chat := c.book.chat(c.entries[i].Chat)
	c.seen[chat.id] = max(c.seen[chat.id], e.Seq)
	l := chat.at(e.Seq)
	show := func() []history.Entry { return evidence(c.ofPast(i), c.ofEvent(chat, l)) }
	if !visible(e, c.by) {
		c.found.add(NoteShown, chat.id, show, "%s was shown the %s %d", c.name, e.Kind, e.Seq)
	}
	if c.by == visitorEyes && e.User != "" {
		c.found.add(UserShown, chat.id, show, "%s, a visitor, was shown the account %q with event %d", c.name, e.User, e.Seq)
		e.User = ""
	}
	if l == nil {
		return // never: what is not in the log is in some client's record
	}
	canonical := asSeen(l.Event, c.by)
	if !l.durable() && l.User == "" { // as a visitor recorded it
		e.User, e.Visit = "", canonical.Visit
	}
	if c.opts.Old && e.Visit == 0 { // its gateway did not know of visits
		e.Visit = canonical.Visit
	}
	if wrong := difference(canonical, e); wrong != "" {
		c.found.add(Differs, chat.id, show, "event %d is not the same in the log and for %s: %s", e.Seq, c.name, wrong)
	}
}

// seenInOrder checks the order of the events in a view: each once, by ascending
// sequence, each naming the one before it, without a gap.
func (c *client) seenInOrder(v *view) {
	if len(v.told) == 0 {
		return
	}
	chat := c.book.chat(v.chat)
	if !c.rising(chat, v) {
		return // the rest would only repeat it
	}
	c.beginning(chat, v)
	var heard, kept uint64 // the last event, and the last one that is in the log
	for n, i := range v.told {
		e := *c.entries[i].Event
		l := chat.at(e.Seq)
		if n > 0 {
			c.follows(chat, v, n, l, heard, kept)
		}
		heard = e.Seq
		if l != nil && l.durable() {
			kept = e.Seq
		}
	}
}

// rising reports whether the sequences of a view rise.
func (c *client) rising(chat *chat, v *view) bool {
	for n := 1; n < len(v.told); n++ {
		i, before := v.told[n], v.told[n-1]
		seq, last := c.entries[i].Event.Seq, c.entries[before].Event.Seq
		if seq > last {
			continue
		}
		earlier := slices.IndexFunc(v.told[:n], func(j int) bool { return c.entries[j].Event.Seq == seq })
		if earlier >= 0 {
			c.found.add(Repeated, chat.id, func() []history.Entry { return evidence(c.ofPast(v.opened, v.told[earlier], before, i)) },
				"%s was told event %d twice", c.name, seq)
		} else {
			c.found.add(Disordered, chat.id, func() []history.Entry {
				return evidence(c.ofPast(v.opened, before, i), c.ofLines(chat, chat.at(seq), chat.at(last)))
			},
				"%s was told event %d after %d", c.name, seq, last)
		}
		return false
	}
	return true
}

// follows checks the nth event of a view against the one before it.
func (c *client) follows(chat *chat, v *view, n int, l *line, heard, kept uint64) {
	i := v.told[n]
	e := *c.entries[i].Event
	want := kept
	if l != nil {
		want = l.prev[c.by]
	}
	switch {
	case kept != 0 && want > kept:
		c.missing(chat, v, n, kept)
	case e.Prev != heard:
		c.found.add(Prev, chat.id, func() []history.Entry { return evidence(c.ofPast(v.opened, v.told[n-1], i)) },
			"%s was told event %d after %d, and it names %d as the one before it", c.name, e.Seq, heard, e.Prev)
	}
}

// missing reports events of the log between two that a view showed.
func (c *client) missing(chat *chat, v *view, n int, after uint64) {
	i := v.told[n]
	e := *c.entries[i].Event
	lines := chat.between(after, e.Seq, c.by)
	if len(lines) == 0 {
		return
	}
	c.found.add(Gap, chat.id, func() []history.Entry {
		shown := c.ofPast(v.opened, i)
		if n > 0 {
			shown = c.ofPast(v.opened, v.told[n-1], i)
		}
		return evidence(shown, c.ofEvent(chat, lines[0]), c.ofLines(chat, lines...))
	}, "%s was told event %d after %d and not %d, which stands between them", c.name, e.Seq, after, lines[0].Seq)
}
