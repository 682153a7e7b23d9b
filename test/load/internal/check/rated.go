package check

import (
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// rated checks that a rating stands in the visit that it was given for: between what its visitor
// had seen and the rating, no visit began with words that the same tab sent after it. Words of
// another tab may come first, since nothing orders the two.
func (b *book) rated(c *chat) {
	shut, began := false, (*line)(nil) // by what the present visit was opened
	for _, l := range c.lines {
		switch {
		case !l.durable():
		case l.request("rate"):
			rating := c.sends[l.ID]
			if began == nil || rating == nil {
				continue // that nobody sent it is reported
			}
			if words := c.sends[began.ID]; words != nil && words.client == rating.client && words.first() > rating.first() {
				b.found.add(Misrated, c.id, func() []history.Entry { return evidence(b.ofEvent(c, began), b.ofEvent(c, l)) },
					"the rating %d was given before the words %d, and stands in the visit that they began", l.Seq, began.Seq)
			}
		case l.Kind == "message" || l.request("escalate"):
			if shut {
				shut, began = false, l
			}
		case l.Status == closed && closes(l):
			shut = true
		case l.Status != "" && l.Status != closed:
			if shut {
				began = l
			}
			shut = false
		}
	}
}

// closes reports whether a change ends a visit: others leave the status as it is, and may not
// have seen the words that opened the chat.
func closes(l *line) bool {
	switch l.Reason {
	case "by_visitor", "by_agent", "idle":
		return true
	}
	return false
}

// first is when it was sent first.
func (s *sent) first() time.Duration { return s.tries[0].at }
