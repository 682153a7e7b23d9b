package check

import "slices"

// The statuses of a chat.
const (
	withBot = "bot"
	waiting = "waiting"
	live    = "live"
	closed  = "closed"
)

// agent is a person who has a chat. If the chat was assigned, the account is not known
// and the name distinguishes agents.
type agent struct{ user, name string }

func (a agent) is(user, name string) bool {
	if a.user != "" && user != "" {
		return a.user == user
	}
	return a.name == name
}

// life is a chat's state while its log is read.
type life struct {
	*book
	chat *chat

	status  string
	holders []agent // one, or after a chat was taken twice both
	through uint64
	// announced is the reply that announced a person, until the chat changes.
	announced uint64
	// speech is the last event that carries a state, change the last one that
	// changed the chat.
	speech, change *line
	// inputs are the visitor's messages and requests so far; handovers are the
	// replies that announced a person.
	inputs    []*line
	afterEnd  map[*line]bool // those that came while the chat was closed
	handovers map[uint64]bool
	// calls are the requests for a person so far, decisions the changes that granted or
	// declined one.
	calls, decisions int
	// missed is the request that left an address which no agent has dealt with, and noted
	// the last such request that was decided.
	missed, noted uint64
	// called is the name that was given last, and named the last such request that was
	// decided.
	called string
	named  uint64
	// asleep is the change that snoozed the chat, until it wakes.
	asleep *line
	// visit is that of the last event that carries a state, and shut whether that left the
	// chat closed.
	visit uint64
	shut  bool
}

// life reads a chat's log and checks who spoke, and that every message has exactly one
// answer.
func (b *book) life(c *chat) {
	s := &life{book: b, chat: c, status: withBot, handovers: handovers(c), afterEnd: map[*line]bool{}}
	for _, l := range c.lines {
		switch l.Kind {
		case "message", "ask":
			s.inputs = append(s.inputs, l)
			if l.Kind == "ask" && l.What == "escalate" {
				s.calls++
			}
			s.afterEnd[l] = s.status == closed
			continue
		case "reply":
			b.counts.Replies++
			s.reply(l)
		case "say":
			b.counts.Says++
			s.say(l)
		case "state":
			b.counts.States++
			s.changed(l)
		default:
			continue
		}
		s.visits(l)
		s.carries(l)
		s.keeps(l)
		s.remembers(l)
		if l.Through < l.Seq {
			s.through = max(s.through, l.Through)
		}
		s.speech = l
	}
	s.atRest()
}

// botSpeaks reports whether it is the bot's turn.
func (s *life) botSpeaks() bool {
	return (s.status == withBot || s.status == closed) && s.announced == 0
}

// heldBy reports whether the chat is with the agent who speaks.
func (s *life) heldBy(l *line) bool {
	return s.status == live && slices.ContainsFunc(s.holders, func(a agent) bool { return a.is(l.User, l.Name) })
}

// inputsIn returns the visitor's messages and requests in (after, upTo].
func (s *life) inputsIn(after, upTo uint64) []*line {
	var found []*line
	for _, l := range slices.Backward(s.inputs) {
		if l.Seq <= after {
			break
		}
		if l.Seq <= upTo {
			found = append(found, l)
		}
	}
	slices.Reverse(found)
	return found
}

// messagesIn returns the visitor's messages in (after, upTo].
func (s *life) messagesIn(after, upTo uint64) []*line {
	return slices.DeleteFunc(s.inputsIn(after, upTo), func(l *line) bool { return l.Kind != "message" })
}
