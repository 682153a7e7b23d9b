package check

import (
	"slices"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// vouched checks that what a card marks as signed was signed: it came in the site's name and is
// what a token of this chat's visitor says; and that nobody else changes or removes it.
func (b *book) vouched(c *chat) {
	var before *line
	var held []string
	for _, l := range c.lines {
		if l.Kind != "card" {
			continue
		}
		now := l.Vouched()
		show := func() []history.Entry { return evidence(b.ofLines(c, linesOf(before)...), b.ofEvent(c, l)) }
		switch {
		case l.Role != "system" && !slices.Equal(now, held):
			b.found.add(Vouched, c.id, show, "the change %d is by %s, and what the site vouches for was %q and is %q", l.Seq, l.User, held, now)
		case l.Role == "system":
			for _, mark := range now {
				if !slices.Contains(held, mark) && !b.signed[c.name][mark] {
					b.found.add(Vouched, c.id, show, "the change %d marks %q as signed, which no token of %s said", l.Seq, mark, c.name)
				}
			}
		}
		before, held = l, now
	}
}
