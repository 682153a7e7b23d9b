package check

import (
	"fmt"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// frame records that a visitor sent a frame, without any effect.
func (s *sim) frame(id, what, text string, again bool) {
	s.add(history.Entry{Op: history.Send, Chat: s.room.id, ID: id, What: what, Text: text, Called: given(what, id), Again: again})
}

// given is the name that a frame gives, or nothing.
func given(what, id string) string {
	if what != "name" {
		return ""
	}
	return "Ada called " + id
}

// stored returns the sequence of the client's frame, or 0 if it is not stored.
func (s *sim) stored(r *room, id string) uint64 {
	for _, e := range r.log {
		if e.ID == id && e.Role == s.role && e.User == s.user {
			return e.Seq
		}
	}
	return 0
}

// lands stores what the visitor sent, once.
func (s *sim) lands(id, what, text string) uint64 {
	if seq := s.stored(s.room, id); seq != 0 {
		return seq
	}
	e := becomes(&sent{op: history.Send, what: what, text: text})
	e.ID, e.Role, e.Name = id, "visitor", s.title
	if what == "name" {
		e.Name = given(what, id)
	}
	return s.w.store(s.room, e)
}

// acked acknowledges a frame. An agent's acknowledgement does not name the chat.
func (s *sim) acked(r *room, id string) {
	e := history.Entry{Op: history.Ack, Chat: r.id, ID: id, Seq: s.stored(r, id)}
	if s.role == "agent" {
		e.Chat = ""
	}
	s.add(e)
}

// ask sends a visitor's frame, which is stored and acknowledged.
func (s *sim) ask(id, what, text string) {
	s.frame(id, what, text, false)
	s.lands(id, what, text)
	s.acked(s.room, id)
}

func (s *sim) send(id, text string) { s.ask(id, "message", text) }

// reply has the bot answer all messages that it owes an answer. It reports whether
// there were any.
func (w *world) reply(r *room) bool {
	if r.status != withBot && r.status != closed {
		return false
	}
	last := uint64(0)
	for _, e := range r.log {
		if e.Kind == "ask" && e.Seq > r.asks && (e.What == "escalate" || e.What == "close" && r.status != closed) {
			break
		}
		if e.Kind == "message" && e.Seq > r.through {
			last = e.Seq
		}
	}
	if last == 0 {
		return false
	}
	r.status, r.through = withBot, last
	w.store(r, history.Event{Kind: "reply", Role: "bot", Name: "Parley bot", Text: "an answer"})
	return true
}

// decide grants or refuses the requests in the log.
func (w *world) decide(r *room) {
	for _, e := range r.log {
		if e.Kind != "ask" || e.Seq <= r.asks {
			continue
		}
		owes := r.status == withBot || r.status == closed
		switch {
		case e.What == "leave_email" && r.status != live:
			r.missed, r.asks = e.Seq, e.Seq
			w.store(r, history.Event{Kind: "state", Role: "system", Reason: "email_left"})
		case e.What == "name" && r.status != live && e.Name != r.called:
			r.called, r.asks = e.Name, e.Seq
			w.store(r, history.Event{Kind: "state", Role: "system", Reason: "named"})
		case e.What == "escalate" && owes:
			w.explain(r, e.Seq)
			w.change(r, waiting, history.Event{Reason: "escalated", Role: "system"}, nil, e.Seq)
		case e.What == "cancel" && r.status == waiting:
			w.change(r, withBot, history.Event{Reason: "cancelled", Role: "system"}, nil, e.Seq)
		case e.What == "close" && r.status != closed && (r.status != withBot || r.through <= e.Seq):
			w.change(r, closed, history.Event{Reason: "by_visitor", Role: "system"}, nil, e.Seq)
		}
		r.asks = e.Seq
	}
}

// explain notes why the request hands the chat over, and what was asked last.
func (w *world) explain(r *room, request uint64) {
	text := "The visitor asked for a person."
	for _, e := range r.log {
		if e.Kind == "message" && e.Seq < request {
			text += "\n" + e.Text
		}
	}
	w.store(r, history.Event{Kind: "note", Role: "bot", Name: "Parley bot", ID: fmt.Sprintf("handover-%d", request), Text: text})
}

// change changes a room's state. asked is the request that it grants, or 0 if there is
// none: then everything written so far counts as dealt with, unless the bot owes an
// answer.
func (w *world) change(r *room, to string, e history.Event, holder *sim, asked uint64) uint64 {
	if asked == 0 && r.status != withBot && r.status != closed {
		for _, in := range r.log {
			if in.Kind == "message" || in.Kind == "ask" {
				asked = in.Seq
			}
		}
	}
	r.status, r.holder, r.through, r.asks = to, holder, max(r.through, asked), max(r.asks, asked)
	e.Kind = "state"
	return w.store(r, e)
}

// call has an agent make a call, and reports whether it was granted.
func (s *sim) call(r *room, id, what, text string) bool {
	if what == "tag" {
		text = id // another one each time
	}
	s.add(history.Entry{Op: history.Call, Chat: r.id, ID: id, What: what, Text: text})
	e := becomes(&sent{op: history.Call, what: what, text: text})
	e.ID, e.Role, e.Name, e.User = id, "agent", s.title, s.user
	if !internal(what) {
		s.w.decide(r)
	}
	mine := r.status == live && r.holder == s
	switch {
	case what == "say" && mine:
		r.missed = 0
		s.w.store(r, e)
	case what == "note":
		s.w.store(r, e)
	case what == "tag":
		r.tags = append(r.tags, text)
		e.Tags = strings.Join(r.tags, "\n")
		s.w.store(r, e)
	case what == "dealt" && r.missed != 0 && (r.status != live || mine):
		r.missed, e.Kind = 0, "state"
		s.w.store(r, e)
	case what == "step_in" && r.status != live && (r.status != closed || r.missed != 0):
		last := uint64(0)
		for _, in := range r.log {
			if in.Kind == "message" || in.Kind == "ask" {
				last = in.Seq
			}
		}
		s.w.change(r, live, e, s, last)
	case what == "take" && r.status == waiting:
		s.w.change(r, live, e, s, 0)
	case what == "return" && mine:
		s.w.change(r, withBot, e, nil, 0)
	case what == "transfer" && mine:
		s.w.change(r, waiting, e, nil, 0)
	case what == "close" && (mine || r.status == withBot || r.status == waiting):
		s.w.change(r, closed, e, nil, 0)
	default:
		s.add(history.Entry{Op: history.Error, Chat: r.id, ID: id, Code: "not_live"})
		return false
	}
	s.acked(r, id)
	return true
}

// end has every client end in peace.
func (w *world) end() {
	for _, s := range w.clients {
		s.add(history.Entry{Op: history.End})
		s.add(history.Entry{Op: history.Done})
	}
}

// good is a history in which everything happens once: two tabs, lost connections and
// acknowledgements, an agent who comes and goes, pages.
func good() *run {
	w := newWorld()
	one, two, bob, cy := w.visitor("ada1", "chat-a"), w.visitor("ada2", "chat-a"), w.agent("bob"), w.agent("cy")
	other := w.visitor("eve", "chat-e")
	r := one.room
	one.connect()
	one.send("m1", " hello ")
	w.reply(r)
	other.connect()
	other.send("m1", "of another chat")
	two.connect()
	one.send("m2", "two")
	one.send("m3", "three")
	w.reply(r)
	w.reply(other.room)
	one.drop()
	two.send("m4", "four")
	w.reply(r)
	one.connect()
	one.frame("m5", "message", "five", false)
	one.lands("m5", "message", "five") // its acknowledgement is lost
	one.drop()
	w.reply(r)
	one.connect()
	one.frame("m5", "message", "five", true)
	one.acked(r, "m5")
	one.ask("a1", "message", "/Escalate")
	w.decide(r)
	bob.connect()
	bob.open(r)
	bob.call(r, "n1", "note", "who is it?")
	one.send("m6", "six")
	bob.call(r, "t1", "take", "")
	bob.call(r, "s1", "say", "Good day")
	two.send("m7", "seven")
	cy.connect()
	cy.open(r)
	cy.call(r, "n1", "note", "I know her")
	bob.call(r, "s2", "say", "Good night")
	one.page(r, 0, 5)
	bob.page(r, 0, 5)
	bob.page(r, r.log[9].Seq, 50)
	bob.call(r, "r1", "return", "")
	bob.call(r, "g1", "tag", "")
	cy.call(r, "g2", "tag", "")
	one.send("m8", "eight")
	w.reply(r)
	one.ask("z1", "rate", "")
	one.send("m9", "nine")
	w.reply(r)
	w.end()
	return w.run()
}
