package check

import (
	"slices"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// linesOf leaves out what there is not.
func linesOf(lines ...*line) []*line {
	return slices.DeleteFunc(lines, func(l *line) bool { return l == nil })
}

// cards checks that each change of the chat's card makes of the card before it what its client
// asked for, and nothing else: so that of two at once neither is lost.
func (b *book) cards(c *chat) {
	var tags []string
	var before *line
	for _, l := range c.lines {
		if l.Kind != "card" {
			continue
		}
		if s := c.origin(l); s != nil { // otherwise it is reported
			switch has := slices.Contains(tags, s.text); {
			case s.what == "tag" && !has:
				tags = append(tags, s.text)
			case s.what == "untag" && has:
				tags = slices.DeleteFunc(tags, func(tag string) bool { return tag == s.text })
			}
			if want := strings.Join(tags, "\n"); l.Tags != want {
				b.found.add(Overwritten, c.id, func() []history.Entry { return evidence(b.ofLines(c, linesOf(before, l)...)) },
					"the change %d (%s %q of %s) left the tags %q instead of %q", l.Seq, s.what, s.text, l.User, l.Tags, want)
			}
		}
		before, tags = l, nil
		if l.Tags != "" {
			tags = strings.Split(l.Tags, "\n")
		}
	}
}
