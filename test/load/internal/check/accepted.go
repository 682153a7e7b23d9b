package check

import "github.com/parley-chat/parley/test/load/internal/history"

// accepted checks that what was acknowledged, and what anybody was shown, is in the
// log, at the sequence that the acknowledgment names.
func (b *book) accepted(c *chat) {
	for _, a := range c.acks {
		s := c.sentFor(a)
		if s == nil {
			continue // watch reports it
		}
		if a.seq == 0 {
			if a.role != "agent" { // an agent's call may find the chat as wanted
				b.found.add(Misplaced, c.id, func() []history.Entry { return b.ofAck(c, a, s) },
					"%s was acknowledged to %s without a sequence", a.id, a.client)
			}
			continue
		}
		l := c.at(a.seq)
		if l != nil && l.durable() && isOf(l, a) {
			continue
		}
		own := b.elsewhere(c, a)
		show := func() []history.Entry { return evidence(b.ofAck(c, a, s), b.ofLines(c, l, own)) }
		switch {
		case own != nil:
			b.found.add(Misplaced, c.id, show, "%s was acknowledged to %s as event %d and stands at %d", a.id, a.client, a.seq, own.Seq)
		case l != nil && l.durable():
			b.found.add(Misplaced, c.id, show, "%s was acknowledged to %s as event %d, which is the %s %q of %s", a.id, a.client, a.seq, l.Kind, l.ID, l.Role)
		default:
			b.found.add(Lost, c.id, show, "%s was acknowledged to %s as event %d and is in neither the stream nor the store", a.id, a.client, a.seq)
		}
	}
	for _, l := range c.lines {
		if !l.durable() {
			b.found.add(Lost, c.id, func() []history.Entry { return evidence(b.ofEvent(c, l)) },
				"the %s %d was shown to %s and is in neither the stream nor the store", l.Kind, l.Seq, l.teller.Client)
		}
	}
}

func (b *book) ofAck(c *chat, a ack, s *sent) []history.Entry {
	return evidence(ofAcks(c, func(other ack) bool { return other == a }), ofSent(c, a.id, s),
		ofAcks(c, func(other ack) bool { return other.id == a.id && other.user == a.user }))
}

// isOf reports whether the event is what the acknowledged frame became.
func isOf(l *line, a ack) bool {
	if a.role == "agent" {
		return l.Role == "agent" && l.ID == a.id && l.User == a.user
	}
	return l.Role == "visitor" && l.ID == a.id
}

// elsewhere returns what the acknowledged frame became at another sequence.
func (b *book) elsewhere(c *chat, a ack) *line {
	role, user := "visitor", ""
	if a.role == "agent" {
		role, user = "agent", a.user
	}
	if l := c.byID[[3]string{role, user, a.id}]; l != nil && l.durable() && l.Seq != a.seq {
		return l
	}
	return nil
}
