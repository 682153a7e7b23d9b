package check

import "slices"

// say checks that an agent who speaks has the chat.
func (s *life) say(l *line) {
	switch {
	case s.status != live:
		s.report(ForeignSay, l, "%s spoke at %d while the chat was %s", l.Name, l.Seq, s.status)
		s.resume(l)
	case !s.heldBy(l):
		s.report(ForeignSay, l, "%s spoke at %d, and the chat was with %s", l.Name, l.Seq, s.names())
	}
}

// changed checks a change of state against the table of a chat's life.
func (s *life) changed(l *line) {
	switch l.Reason {
	case "moved", "arrived": // nothing is the other way after it, but where the chat is, and the bot owes what it owed
		s.swallows(l)
		return
	case "email_left", "missed_full", "dealt", "named": // who answers is the same after it
		if !s.allows(l) {
			s.report(Transition, l, "the chat was %s %sand changed at %d: %s by %s %s", s.status, s.names(), l.Seq, l.Reason, l.Role, l.Name)
		}
		s.swallows(l)
		return
	}
	if l.Reason == "snoozed" || l.Reason == "woken" { // and here, too
		s.sleeps(l)
		return
	}
	to, known := map[string]string{
		"escalated": waiting, "bot_gave_up": waiting, "transferred": waiting, "agent_gone": waiting, "no_answer": waiting, "woken_in_line": waiting,
		"taken": live, "assigned": live, "stepped_in": live, "passed_on": live, "taken_over": live,
		"line_full": withBot, "address_full": withBot, "cancelled": withBot, "nobody_came": withBot, "returned": withBot,
		"by_agent": closed, "by_visitor": closed, "idle": closed,
	}[l.Reason]
	switch {
	case !known:
		s.report(Transition, l, "the chat changed at %d for the reason %q, which there is not", l.Seq, l.Reason)
		to = l.Status
	case s.status == live && to == live && l.Reason != "passed_on" && l.Reason != "taken_over":
		s.report(TakenTwice, l, "%s was given the chat at %d, and it was with %s", l.Agent, l.Seq, s.names())
		s.holders = append(s.holders, holderOf(l))
		s.change = l
		return
	case !s.allows(l):
		s.report(Transition, l, "the chat was %s %sand changed at %d: %s by %s %s", s.status, s.names(), l.Seq, l.Reason, l.Role, l.Name)
	case s.settles(l):
		l.settled = true
		s.decisions = min(s.decisions+1, s.calls) // one that was open is decided by it, too
	default:
		s.swallows(l)
		s.decides(l)
	}
	if l.Reason == "woken_in_line" {
		s.wakes(l)
	} else {
		s.sleptOn(l.Seq, moment(l.At), harmed)
	}
	s.asleep = nil
	s.status, s.holders, s.announced, s.change = to, nil, 0, l
	if to == live {
		s.holders = []agent{holderOf(l)}
	}
}

// allows is the table of the life of a chat.
func (s *life) allows(l *line) bool {
	switch l.Reason {
	case "escalated":
		return s.status == withBot || s.status == closed
	case "bot_gave_up":
		return s.status == withBot
	case "line_full", "address_full":
		return s.status == withBot || s.status == closed
	case "cancelled", "nobody_came", "taken", "assigned":
		return s.status == waiting
	case "stepped_in":
		return s.status != closed || s.missed != 0
	case "email_left", "missed_full", "named":
		return s.status != live
	case "dealt":
		return s.missed != 0 && (s.status != live || s.heldBy(l))
	case "transferred": // or from one line into another
		return s.heldBy(l) || s.status == waiting && s.moves(l)
	case "returned":
		return s.heldBy(l)
	case "passed_on": // by whoever has it, to another one
		return s.heldBy(l) && l.Agent != l.Name
	case "taken_over": // from another one
		return s.status == live && !s.heldBy(l) && l.Agent == l.Name
	case "agent_gone", "no_answer": // from the system, about the account that lost the chat
		return s.status == live && s.asleep == nil && (l.User == "" || slices.ContainsFunc(s.holders, func(a agent) bool { return a.user == "" || a.user == l.User }))
	case "woken_in_line":
		return s.status == live && (l.User == "" || slices.ContainsFunc(s.holders, func(a agent) bool { return a.user == "" || a.user == l.User }))
	case "by_agent":
		return s.status != closed && (s.status != live || s.heldBy(l))
	case "by_visitor", "idle":
		return s.status != closed
	}
	return false
}

// moves reports whether the change is what somebody asked for who passes chats on to teams.
func (s *life) moves(l *line) bool {
	sent := s.chat.origin(l)
	return sent != nil && sent.what == "pass_team"
}

// decides checks that a change which decides a request for a person has a request to
// decide: each is decided once, whether it is granted or declined.
func (s *life) decides(l *line) {
	switch l.Reason {
	case "escalated", "bot_gave_up", "line_full", "address_full":
		if s.decisions++; s.decisions > s.calls {
			s.report(DecidedTwice, l, "the change %d (%s) decides a request for a person, and the %d before it were decided", l.Seq, l.Reason, s.calls)
			s.decisions = s.calls
		}
	}
}

// swallows checks that a change leaves the bot every message that it owes an answer.
// Only a request may take them, and only those written before it.
func (s *life) swallows(l *line) {
	if l.Reason == "stepped_in" {
		return // they answer what the bot has not
	}
	if !s.botSpeaks() || l.Through <= s.through || l.Through >= l.Seq {
		return
	}
	taken := s.messagesIn(s.through, l.Through)
	if len(taken) == 0 {
		return
	}
	ask := s.chat.at(l.Through)
	by := map[string]string{"escalated": "escalate", "bot_gave_up": "escalate", "by_visitor": "close"}[l.Reason]
	if ask != nil && ask.Kind == "ask" && by != "" && ask.What == by {
		return
	}
	s.report(Unanswered, l, "message %d was addressed to the bot and has no reply: the change %d (%s) says that it is dealt with", taken[0].Seq, l.Seq, l.Reason)
}

// resume continues from the state of an event, so that one breach is reported once.
func (s *life) resume(l *line) {
	if l.Status == "" {
		return
	}
	s.status, s.holders = l.Status, nil
	if l.Status == live {
		s.holders = []agent{{name: l.Agent}}
	}
}

func holderOf(l *line) agent {
	if l.Reason == "taken" || l.Reason == "stepped_in" || l.Reason == "taken_over" {
		return agent{user: l.User, name: l.Agent}
	}
	return agent{name: l.Agent}
}

func (s *life) names() string {
	names := ""
	for _, a := range s.holders {
		names += a.name + " "
	}
	return names
}
