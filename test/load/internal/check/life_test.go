package check

import (
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// said builds an event of a log from a few words.
func said(kind, what, status string, through uint64) history.Event {
	e := history.Event{Chat: chatA, Kind: kind, Role: "visitor", Name: "Ada"}
	switch kind {
	case "ask":
		e.What = what
	case "reply":
		e.Role, e.Name, e.Status, e.Through = "bot", "Parley bot", withBot, through
	case "say":
		e.Role, e.Name, e.User, e.Status, e.Through, e.Agent = "agent", what, what, status, through, what
	case "state":
		e.Role, e.Name, e.Reason, e.Status, e.Through = "system", "", what, status, through
	}
	return e
}

// to gives the chat to somebody else than who did it.
func to(user string, e history.Event) history.Event {
	e.Agent = user
	return e
}

func by(user string, e history.Event) history.Event {
	e.Role, e.User, e.Name = "agent", user, user
	if e.Status == live {
		e.Agent = user
	}
	return e
}

// missed is the event with an address that nobody has dealt with.
func missed(left uint64, e history.Event) history.Event {
	e.Missed = left
	return e
}

// called is the event after which the visitor is called so.
func called(name string, e history.Event) history.Event {
	e.Called = name
	return e
}

// gives is the request to be called so.
func gives(name string) history.Event {
	e := said("ask", "name", "", 0)
	e.Name = name
	return e
}

// handover is the bot's request for a person, announced by a reply.
func handover(reply string) history.Event {
	return history.Event{Chat: chatA, Kind: "ask", What: "escalate", Role: "bot", Name: "Parley bot", ID: "handover-" + reply}
}

func TestTheLifeOfAChat(t *testing.T) {
	message := said("message", "", "", 0)
	for name, c := range map[string]struct {
		log  []history.Event // at the sequences 1, 2 …
		want string          // the rule; if empty, no violation
	}{
		"a burst has one reply":        {[]history.Event{message, message, said("reply", "", "", 2)}, ""},
		"what follows needs another":   {[]history.Event{message, message, said("reply", "", "", 1)}, Unanswered},
		"the bot calls a person":       {[]history.Event{message, said("reply", "", "", 1), handover("2"), said("state", "bot_gave_up", waiting, 3)}, ""},
		"the bot speaks on after it":   {[]history.Event{message, said("reply", "", "", 1), handover("2"), message, said("reply", "", "", 4), said("state", "bot_gave_up", waiting, 4)}, ReplyOutOfTurn},
		"nobody is called after it":    {[]history.Event{message, said("reply", "", "", 1), handover("2")}, Undecided},
		"a call takes what is before":  {[]history.Event{message, said("ask", "escalate", "", 0), said("state", "escalated", waiting, 2), message}, ""},
		"a call is behind a message":   {[]history.Event{message, said("ask", "escalate", "", 0), message, said("reply", "", "", 1), said("state", "escalated", waiting, 2)}, ""},
		"the bot answers past a call":  {[]history.Event{said("ask", "escalate", "", 0), message, said("reply", "", "", 2), said("state", "escalated", waiting, 2)}, ReplyOutOfTurn},
		"a call is taken for more":     {[]history.Event{message, said("ask", "escalate", "", 0), message, said("state", "escalated", waiting, 3)}, Unanswered},
		"no place in line":             {[]history.Event{message, said("ask", "escalate", "", 0), said("state", "line_full", withBot, 0), said("reply", "", "", 1)}, ""},
		"no place, and no answer":      {[]history.Event{message, said("ask", "escalate", "", 0), said("state", "address_full", withBot, 0)}, Unanswered},
		"no place takes a message":     {[]history.Event{message, said("ask", "escalate", "", 0), said("state", "line_full", withBot, 2)}, Unanswered},
		"no place is told twice":       {[]history.Event{said("ask", "escalate", "", 0), said("state", "line_full", withBot, 0), said("state", "line_full", withBot, 0)}, DecidedTwice},
		"no place, and then one":       {[]history.Event{said("ask", "escalate", "", 0), said("state", "line_full", withBot, 0), said("state", "escalated", waiting, 1)}, DecidedTwice},
		"no place, asked again":        {[]history.Event{said("ask", "escalate", "", 0), said("state", "line_full", withBot, 0), said("ask", "escalate", "", 0), said("state", "escalated", waiting, 3)}, ""},
		"no place in the line":         {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), said("ask", "escalate", "", 0), said("state", "line_full", withBot, 1)}, Transition},
		"the bot gets no person":       {[]history.Event{message, said("reply", "", "", 1), handover("2"), message, said("state", "address_full", withBot, 1), said("reply", "", "", 4)}, ""},
		"the bot goes silent":          {[]history.Event{message, said("reply", "", "", 1), handover("2"), message, said("state", "address_full", withBot, 1)}, Unanswered},
		"a cancel in the line":         {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), message, said("ask", "cancel", "", 0), said("state", "cancelled", withBot, 4)}, ""},
		"a cancel leads to nothing":    {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), said("ask", "cancel", "", 0)}, Undecided},
		"a message slips in":           {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), message, said("state", "nobody_came", withBot, 1)}, Unanswered},
		"a goodbye":                    {[]history.Event{message, said("ask", "close", "", 0), said("state", "by_visitor", closed, 2)}, ""},
		"a goodbye leads to nothing":   {[]history.Event{said("ask", "close", "", 0)}, Undecided},
		"a second goodbye is none":     {[]history.Event{said("ask", "close", "", 0), said("state", "by_visitor", closed, 1), message, said("ask", "close", "", 0), said("reply", "", "", 3)}, ""},
		"a second goodbye blocks":      {[]history.Event{said("ask", "close", "", 0), said("state", "by_visitor", closed, 1), message, said("ask", "close", "", 0), said("reply", "", "", 3), message}, Unanswered},
		"a closed chat opens again":    {[]history.Event{said("state", "idle", closed, 0), message, said("reply", "", "", 2)}, ""},
		"an idle end over a message":   {[]history.Event{message, said("state", "idle", closed, 1)}, Unanswered},
		"a name is given":              {[]history.Event{message, gives("Ada"), called("Ada", said("state", "named", withBot, 0)), called("Ada", said("reply", "", "", 1))}, ""},
		"and another":                  {[]history.Event{gives("Ada"), gives("Bea"), called("Ada", said("state", "named", withBot, 0)), called("Bea", said("state", "named", withBot, 0))}, ""},
		"and the same":                 {[]history.Event{gives("Ada"), called("Ada", said("state", "named", withBot, 0)), gives("Ada")}, ""},
		"it is not taken":              {[]history.Event{gives("Ada")}, Undecided},
		"the bot's words end the name": {[]history.Event{message, gives("Ada"), called("Ada", said("state", "named", withBot, 0)), said("reply", "", "", 1)}, Misnamed},
		"nobody gave it":               {[]history.Event{gives("Ada"), called("Ada", said("state", "named", withBot, 0)), called("Bea", said("state", "named", withBot, 0))}, Misnamed},
		"it is taken twice":            {[]history.Event{gives("Ada"), called("Ada", said("state", "named", withBot, 0)), called("Ada", said("state", "named", withBot, 0))}, Misnamed},
		"a person is there":            {[]history.Event{by("bob", said("state", "stepped_in", live, 0)), gives("Ada"), called("Ada", by("bob", said("state", "named", live, 0)))}, Transition},
		"an address is left":           {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), message, missed(1, said("reply", "", "", 3)), by("bob", missed(1, said("state", "stepped_in", live, 3))), said("say", "bob", live, 3), by("bob", said("state", "returned", withBot, 3))}, ""},
		"an address leads to nothing":  {[]history.Event{message, said("reply", "", "", 1), said("ask", "leave_email", "", 0)}, Undecided},
		"another takes its place":      {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), said("ask", "leave_email", "", 0), missed(3, said("state", "email_left", withBot, 0)), by("bob", said("state", "dealt", withBot, 0))}, ""},
		"the bot's words end it":       {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), message, said("reply", "", "", 3)}, Forgotten},
		"a closed chat ends it":        {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), said("state", "idle", closed, 0)}, Forgotten},
		"it is noted twice":            {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), missed(1, said("state", "email_left", withBot, 0))}, Forgotten},
		"it takes a message":           {[]history.Event{message, said("ask", "leave_email", "", 0), missed(2, said("state", "email_left", withBot, 2))}, Unanswered},
		"an agent is there":            {[]history.Event{by("bob", said("state", "stepped_in", live, 0)), said("ask", "leave_email", "", 0), missed(2, by("bob", said("state", "email_left", live, 0)))}, Transition},
		"a chat is stepped into":       {[]history.Event{message, by("bob", said("state", "stepped_in", live, 1)), message, said("reply", "", "", 3)}, ReplyOutOfTurn},
		"one that is over":             {[]history.Event{said("state", "idle", closed, 0), by("bob", said("state", "stepped_in", live, 0))}, Transition},
		"and one that is not":          {[]history.Event{said("ask", "leave_email", "", 0), missed(1, said("state", "email_left", withBot, 0)), missed(1, said("state", "idle", closed, 0)), by("bob", missed(1, said("state", "stepped_in", live, 0)))}, ""},
		"an agent comes and goes": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			said("say", "bob", live, 1), message, by("bob", said("state", "transferred", waiting, 5)), by("cy", said("state", "taken", live, 5)), by("cy", said("state", "by_agent", closed, 5))}, ""},
		"an agent speaks after another took it": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			by("bob", said("state", "transferred", waiting, 1)), by("cy", said("state", "taken", live, 1)), {Chat: chatA, Kind: "say", Role: "agent", User: "bob", Name: "bob", Status: live, Agent: "cy", Through: 1}}, ForeignSay},
		"a chat is passed on": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			to("cy", by("bob", said("state", "passed_on", live, 1))), said("say", "cy", live, 1), by("cy", said("state", "by_agent", closed, 1))}, ""},
		"a chat is passed on by who has it not": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			to("cy", by("dee", said("state", "passed_on", live, 1))), said("say", "cy", live, 1)}, Transition},
		"who passed a chat on speaks": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			to("cy", by("bob", said("state", "passed_on", live, 1))), {Chat: chatA, Kind: "say", Role: "agent", User: "bob", Name: "bob", Status: live, Agent: "cy", Through: 1}}, ForeignSay},
		"a chat is taken over": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			by("cy", said("state", "taken_over", live, 1)), said("say", "cy", live, 1)}, ""},
		"who lost a chat speaks": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			by("cy", said("state", "taken_over", live, 1)), {Chat: chatA, Kind: "say", Role: "agent", User: "bob", Name: "bob", Status: live, Agent: "cy", Through: 1}}, ForeignSay},
		"a chat is taken over that nobody has": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1),
			by("cy", said("state", "taken_over", live, 1))}, Transition},
		"an agent takes over from themselves": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			by("bob", said("state", "taken_over", live, 1))}, Transition},
		"an agent takes from an agent": {[]history.Event{said("ask", "escalate", "", 0), said("state", "escalated", waiting, 1), by("bob", said("state", "taken", live, 1)),
			by("cy", said("state", "taken", live, 1)), said("say", "bob", live, 1), said("say", "cy", live, 1)}, TakenTwice},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range c.log {
				c.log[i].Seq = uint64(i + 1)
			}
			b := newBook(Options{})
			b.readLogs(c.log, c.log)
			b.seal()
			b.life(b.chat(chatA))
			report := b.report()
			if got := len(report.Violations); got > 1 || (got == 1) != (c.want != "") || got == 1 && report.Violations[0].Rule != c.want {
				t.Errorf("want %q:\n%s", c.want, formatted(t, report))
			}
		})
	}
}
