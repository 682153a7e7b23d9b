package check

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// handovers returns the replies that announced a person: the bot then requests one
// under an id that names the reply.
func handovers(c *chat) map[uint64]bool {
	found := map[uint64]bool{}
	for _, l := range c.lines {
		if l.Kind != "ask" || l.Role != "bot" {
			continue
		}
		of, _ := strings.CutPrefix(l.ID, "handover-")
		if seq, err := strconv.ParseUint(of, 10, 64); err == nil {
			found[seq] = true
		}
	}
	return found
}

// reply checks that it is the bot's turn, and that the reply answers something that
// was not answered.
func (s *life) reply(l *line) {
	why := s.notItsTurn(l)
	if why != "" {
		s.report(ReplyOutOfTurn, l, "the bot replied at %d %s", l.Seq, why)
	}
	switch {
	case l.Through >= l.Seq || l.Through < s.through:
		// said where every event is checked
	case l.Through == s.through:
		s.report(AnsweredTwice, l, "reply %d covers up to %d, which was dealt with before: a message has two replies", l.Seq, l.Through)
	case len(s.messagesIn(s.through, l.Through)) == 0:
		s.report(CoversNothing, l, "reply %d covers what stands after %d up to %d, and there is no message", l.Seq, s.through, l.Through)
	case len(s.messagesIn(l.Through-1, l.Through)) == 0:
		s.report(CoversNothing, l, "reply %d covers up to %d, which is no message", l.Seq, l.Through)
	}
	s.status, s.holders, s.announced = withBot, nil, 0
	if s.handovers[l.Seq] {
		s.announced = l.Seq
	}
	if why != "" {
		s.resume(l)
	}
}

// notItsTurn says why the bot should have been silent, or nothing.
func (s *life) notItsTurn(l *line) string {
	switch {
	case s.status == waiting || s.status == live:
		return "while the chat was " + s.status
	case s.announced != 0:
		return fmt.Sprintf("although reply %d had announced a person", s.announced)
	}
	after := uint64(0)
	if s.change != nil {
		after = s.change.Seq
	}
	for _, ask := range s.inputsIn(after, l.Through) {
		if ask.request("escalate") && ask.Seq < l.Through {
			return fmt.Sprintf("to what was written after the visitor had asked for a person (%d)", ask.Seq)
		}
	}
	return ""
}

// carries checks the state that an event carries.
func (s *life) carries(l *line) {
	switch {
	case l.Through >= l.Seq:
		s.report(ThroughAhead, l, "the %s %d says that %d is dealt with", l.Kind, l.Seq, l.Through)
	case l.Through < s.through:
		s.report(ThroughFalls, l, "the %s %d says that what was written up to %d is dealt with, and before it was up to %d", l.Kind, l.Seq, l.Through, s.through)
	}
	agent := ""
	if len(s.holders) == 1 {
		agent = s.holders[0].name
	}
	if l.Status != s.status || l.Agent != agent && len(s.holders) < 2 {
		s.report(StatusAfter, l, "after the %s %d the chat is %s %q, and it says %s %q", l.Kind, l.Seq, s.status, agent, l.Status, l.Agent)
		s.resume(l)
	}
}

// atRest checks that nothing is left open at the end.
func (s *life) atRest() {
	s.sleptOn(1<<63, s.book.ended, late)
	after := uint64(0)
	if s.change != nil {
		after = s.change.Seq
	}
	var undecided *line
	for _, l := range s.inputsIn(after, ^uint64(0)) {
		if undecided == nil && s.mustBeDecided(l) {
			undecided = l
		}
	}
	if undecided != nil {
		s.report(Undecided, undecided, "the visitor asked at %d to %s and nothing came of it: the chat is %s", undecided.Seq, undecided.What, s.status)
	}
	if s.announced != 0 {
		s.report(Undecided, s.chat.at(s.announced), "reply %d announced a person and nothing came of it", s.announced)
	}
	if !s.botSpeaks() {
		return
	}
	for _, l := range s.messagesIn(s.through, ^uint64(0)) {
		if undecided == nil || l.Seq < undecided.Seq || undecided.What == "cancel" {
			s.report(Unanswered, l, "message %d has no reply: the chat is %s and dealt with up to %d", l.Seq, s.status, s.through)
			return
		}
	}
}

// mustBeDecided reports whether the request, after which the chat has not
// changed, should have changed it.
func (s *life) mustBeDecided(l *line) bool {
	switch {
	case l.request("escalate"):
		return s.status == withBot || s.status == closed
	case l.request("leave_email"):
		return s.status != live && l.Seq > s.noted
	case l.request("name"):
		return s.status != live && l.Seq > s.named && l.Name != s.called
	case l.request("cancel"):
		return s.status == waiting
	case l.request("close"):
		// A chat that was closed already may stay so, and an answer of the bot
		// after the request may have opened it again.
		return s.status != closed && !s.afterEnd[l] && (s.status != withBot || s.through <= l.Seq)
	}
	return false
}

// report notes a breach at an event, with the event before it that carries a
// state and what the visitor wrote meanwhile.
func (s *life) report(rule string, l *line, format string, v ...any) {
	speech, through := s.speech, s.through
	s.found.add(rule, s.chat.id, func() []history.Entry {
		return evidence(s.ofLines(s.chat, l, speech, s.change), s.ofEvent(s.chat, l), s.ofLines(s.chat, s.chat.at(through)),
			s.ofLines(s.chat, s.chat.at(l.Through)), s.ofLines(s.chat, s.inputsIn(through, ^uint64(0))...))
	}, format, v...)
}
