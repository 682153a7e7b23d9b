package check

import (
	"regexp"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// mentionOf finds the accounts that a note mentions, as the harness's agents write them.
var mentionOf = regexp.MustCompile(`(?:^|\s)@([a-z0-9][a-z0-9._-]*)`)

// mentions reports whether a note mentions an account that did not write it.
func mentions(l *line, user string) bool {
	if l == nil || l.Kind != "note" || l.User == user {
		return false
	}
	return slices.ContainsFunc(mentionOf.FindAllStringSubmatch(l.Text, -1), func(found []string) bool { return found[1] == user })
}

// mentioned checks what one agent was told of mentions: that each is a note that names them, that
// no chat is named twice at once, and that they were told of each note that was acknowledged a
// while before they ended in peace.
func (b *book) mentioned(entries []history.Entry) {
	who := beginOf(entries)
	if who.Role != "agent" {
		return
	}
	told := map[string]uint64{} // the latest note of each chat
	for _, e := range entries {
		if e.Op != history.Mentions {
			continue
		}
		chats := map[string]bool{}
		for _, m := range e.Events {
			c := b.chat(m.Chat)
			switch l := c.at(m.Seq); {
			case !mentions(l, who.User) || l.User != m.User:
				b.found.add(Mentioned, m.Chat, func() []history.Entry { return evidence([]history.Entry{e}, b.ofLines(c, l)) },
					"%s was told of a mention by %s in event %d, which is none", who.User, m.User, m.Seq)
			case chats[m.Chat]:
				b.found.add(Mentioned, m.Chat, func() []history.Entry { return evidence([]history.Entry{e}, b.ofLines(c, l)) },
					"%s was told of chat %s twice at once", who.User, m.Chat)
			}
			chats[m.Chat] = true
			told[m.Chat] = max(told[m.Chat], m.Seq)
		}
	}
	last := entries[len(entries)-1]
	if last.Op != history.Done {
		return
	}
	for id, c := range b.chats {
		for _, l := range slices.Backward(c.lines) {
			if l.Seq <= told[id] {
				break
			}
			if !l.durable() || !mentions(l, who.User) {
				continue
			}
			if at, acked := c.ackedAt(l); acked && at < last.At-b.opts.Grace {
				b.found.add(Mentioned, id, func() []history.Entry { return evidence(b.ofEvent(c, l)) }, "%s was mentioned in note %d and never told", who.User, l.Seq)
			}
			break
		}
	}
}

// ackedAt returns when the agent who wrote it first had it acknowledged.
func (c *chat) ackedAt(l *line) (at time.Duration, ok bool) {
	for _, a := range c.acks { // in the order of time
		if a.seq == l.Seq && a.user == l.User {
			return a.at, true
		}
	}
	return 0, false
}
