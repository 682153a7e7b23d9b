package check

import "github.com/parley-chat/parley/test/load/internal/history"

// doubled checks that what one speaker sent under one id has one sequence, in the log
// and for every client that received it.
func (b *book) doubled(c *chat) {
	for _, l := range c.lines {
		if l.ID == "" {
			continue
		}
		first := c.byID[[3]string{l.Role, l.User, l.ID}]
		if first == l {
			continue
		}
		b.found.add(Doubled, c.id, func() []history.Entry { return evidence(b.ofLines(c, first, l), b.ofEvent(c, first), b.ofEvent(c, l)) },
			"%s of the %s stands twice, as events %d and %d", l.ID, l.Role, first.Seq, l.Seq)
	}
}
