package check

// askFrom is how many messages that an agent has not seen make a question of their words:
// docs/agent-protocol.md.
const askFrom = 2

// saidOver checks what agents said who also said up to where they had seen the chat. What
// somebody had received when it was sent is certain to have been there when it was decided.
func (b *book) saidOver(c *chat) {
	for _, l := range c.lines {
		if l.Kind != "say" || !l.durable() {
			continue
		}
		s := c.origin(l)
		if s == nil || s.seen == 0 || len(s.tries) == 0 {
			continue
		}
		n := 0
		for _, other := range c.between(s.seen, l.Seq, agentEyes) {
			if other.in&toClient != 0 && other.told < s.tries[0].at && isNews(other, l.User) {
				n++
			}
		}
		if n >= askFrom {
			(&life{book: b, chat: c}).report(SaidOver, l, "%s said %d having seen the chat up to %d, and %d messages came before it was sent", l.Name, l.Seq, s.seen, n)
		}
	}
}

// isNews reports whether an event is somebody else's words for the visitor or the agent.
func isNews(l *line, user string) bool {
	return l.Kind == "message" || l.Kind == "reply" || l.Kind == "say" && l.User != user
}
