package check

import (
	"cmp"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// calling identifies an agent's request: two agents may choose the same id.
type calling struct{ user, id string }

// sent is a frame that a client sent, however often.
type sent struct {
	client     string
	op         history.Op
	what, text string
	email      string
	called     string
	choice     string
	files      string // see history.AttachedList
	seen       uint64 // of say: up to where the agent had seen the chat
	score      int
	tries      []try
}

type try struct {
	at    time.Duration
	conn  int
	again bool
}

// ack is an acknowledgment that a client received.
type ack struct {
	at     time.Duration
	client string
	role   string
	user   string // an agent's
	conn   int
	id     string
	seq    uint64
}

// collect takes from a client's entries what other clients are checked against.
func (b *book) collect(client string, entries []history.Entry) {
	b.counts.Clients++
	who, sentIn := beginOf(entries), map[string]string{}
	if who.Role == "agent" {
		b.duty.collect(who.User, entries)
	}
	for _, e := range entries {
		switch e.Op {
		case history.Send:
			b.counts.Sends++
			sentIn[e.ID] = e.Chat
			c := b.chat(e.Chat)
			c.sends[e.ID] = c.sends[e.ID].again(client, e)
		case history.Call:
			b.counts.Sends++
			sentIn[e.ID] = e.Chat
			c, key := b.chat(e.Chat), calling{who.User, e.ID}
			c.calls[key] = c.calls[key].again(client, e)
		case history.Ack:
			b.counts.Acks++
			c := b.chat(cmp.Or(e.Chat, sentIn[e.ID])) // an agent's names no chat
			c.acks = append(c.acks, ack{e.At, client, who.Role, who.User, e.Conn, e.ID, e.Seq})
		case history.Told:
			b.counts.Told++
			if e.Event != nil {
				b.chat(e.Chat).hear(*e.Event, e)
			}
		case history.Page:
			b.counts.Pages++
			c := b.chat(e.Chat)
			for _, ev := range e.Events {
				c.hear(ev, e)
			}
		case history.Hello:
			if e.Signed != "" && b.signed[who.Name] == nil {
				b.signed[who.Name] = map[string]bool{}
			}
			if e.Signed != "" {
				b.signed[who.Name][e.Signed] = true
			}
		case history.Welcome:
			b.counts.Views++
			b.chat(e.Chat).name = who.Name
		case history.Watched:
			b.counts.Views++
		case history.Done:
			b.counts.ClosedInPeace++
		}
	}
}

// beginOf returns how a client began: its role, name and account.
func beginOf(entries []history.Entry) history.Entry {
	for _, e := range entries {
		if e.Op == history.Begin {
			return e
		}
	}
	return history.Entry{}
}

// again adds a try to what was sent, nil before the first.
func (s *sent) again(client string, e history.Entry) *sent {
	if s == nil {
		s = &sent{client: client, op: e.Op, what: e.What, text: e.Text, email: e.Email, called: e.Called, choice: e.Choice, files: e.Files, seen: e.Since, score: e.Score}
	}
	s.tries = append(s.tries, try{e.At, e.Conn, e.Again})
	return s
}

// sentFor returns what the acknowledgment is for, or nil.
func (c *chat) sentFor(a ack) *sent {
	if a.role == "agent" {
		return c.calls[calling{a.user, a.id}]
	}
	return c.sends[a.id]
}

// origin returns what a client sent that became the event, or nil.
func (c *chat) origin(l *line) *sent {
	switch l.Role {
	case "visitor":
		return c.sends[l.ID]
	case "agent":
		if s := c.calls[calling{l.User, l.ID}]; s != nil || l.User != "" {
			return s
		}
		for key, s := range c.calls { // known from a visitor, who does not see the account
			if key.id == l.ID {
				return s
			}
		}
	}
	return nil
}
