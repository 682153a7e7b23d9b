package chat

// Reason is why a chat changed, in one word.
type Reason string

// The reasons that a StateChange carries.
const (
	Escalated   Reason = "escalated"    // the visitor asked for a person
	BotGaveUp   Reason = "bot_gave_up"  // the bot asked for a person
	LineFull    Reason = "line_full"    // a person was asked for, and as many wait as may
	AddressFull Reason = "address_full" // the same, of those from one address block
	Cancelled   Reason = "cancelled"    // the visitor no longer wants to wait
	NobodyCame  Reason = "nobody_came"  // the time limit for waiting passed
	Taken       Reason = "taken"        // an agent took it
	Assigned    Reason = "assigned"     // it was given to an agent
	Returned    Reason = "returned"     // the agent handed it back to the bot
	Transferred Reason = "transferred"  // the agent put it back into the queue, or anybody from one team's line into another's
	AgentGone   Reason = "agent_gone"   // the agent went offline
	NoAnswer    Reason = "no_answer"    // the agent let the visitor wait too long
	ByAgent     Reason = "by_agent"     // closed by the agent
	ByVisitor   Reason = "by_visitor"   // closed by the visitor
	Idle        Reason = "idle"         // closed because nobody wrote for a long time
	SteppedIn   Reason = "stepped_in"   // an agent took it from the bot, unasked
	EmailLeft   Reason = "email_left"   // the visitor left an address: the chat is missed until it is dealt with
	MissedFull  Reason = "missed_full"  // the same, and as many chats are missed as may be
	Dealt       Reason = "dealt"        // an agent marked the missed chat as dealt with
	NameGiven   Reason = "named"        // the visitor said what to call them
	PassedOn    Reason = "passed_on"    // the agent gave it to another one
	TakenOver   Reason = "taken_over"   // an agent took it from the one who had it
	Snoozed     Reason = "snoozed"      // its agent lets it rest until a time, or until the visitor writes
	Woken       Reason = "woken"        // it was snoozed, and is its agent's to deal with again
	// WokenInLine is the same where that agent is not there or has no room: it waits for anybody.
	WokenInLine Reason = "woken_in_line"
	MovedAway   Reason = "moved"   // the chat goes to another region: the last change at its old home
	Arrived     Reason = "arrived" // the chat goes on in this region: the first change at its new home
)

// Declines reports whether the reason turns down a request for a person: the chat stays
// with the bot.
func (r Reason) Declines() bool { return r == LineFull || r == AddressFull }

// ForAgents reports whether the reason is nothing for visitors: nothing changes for them.
func (r Reason) ForAgents() bool { return r == Snoozed || r == Woken }

// keepsStatus reports whether the reason is of a change that neither moves the chat nor
// ends the bot's announcement of a person.
func (r Reason) keepsStatus() bool {
	return r == EmailLeft || r == MissedFull || r == Dealt || r == NameGiven || r == MovedAway || r == Arrived
}
