package chat

import "time"

// Status says who answers in a chat.
type Status string

// The life of a chat: WithBot → Waiting → Live → Closed, and back to WithBot
// from each of them.
const (
	WithBot Status = "bot"
	Waiting Status = "waiting"
	Live    Status = "live"
	Closed  Status = "closed"
)

// Agent is a person who answers: the account name and the name that visitors read.
type Agent struct {
	User string `json:"user"`
	Name string `json:"name"`
}

// State is the state of a chat at one point of its log. The zero State is that of a
// chat in which nobody has written yet: with the bot. Values are never changed; Apply
// returns a new one.
type State struct {
	Status Status `json:"status,omitempty"`
	// Agent is who answers. It is set only while the chat is live.
	Agent *Agent `json:"agent,omitempty"`
	// AnsweredThrough is the last of the visitor's sequences that is handled: covered by
	// a reply, or by the change that took the chat from the bot. It never decreases.
	AnsweredThrough uint64 `json:"through"`
	// RequestsThrough is the last sequence up to which every Request is decided. A
	// request above it that is refused changes nothing, so it may be decided again; one
	// at or below it is never granted again, however late or often it is delivered.
	// AnsweredThrough can't serve for this, because a reply may cover a request that
	// nobody has decided yet. It never decreases.
	RequestsThrough uint64 `json:"asks,omitempty"`
	// Since is when the current status began.
	Since time.Time `json:"since,omitzero"`
	// Asked is when the visitor asked for a person. It survives a return to the queue,
	// so that an interrupted visitor is first in line again.
	Asked time.Time `json:"asked,omitzero"`
	// Visitor is the visitor's name, for the agents' lists.
	Visitor string `json:"visitor,omitempty"`
	// Handover is set by a reply that announced a person, until the chat is escalated,
	// or the request is turned down. The bot is silent until then.
	Handover bool `json:"handover,omitempty"`
	// Visit is which of the chat's visits this is, from 1. It is raised when a closed chat
	// opens again, and by nothing else. 0 is that of a chat in which nobody was answered
	// yet, and of one from before visits were counted; both count as the first.
	Visit uint64 `json:"visit,omitempty"`
	// Named says that Visitor is the name that was given last in the chat itself. It is not
	// replaced by the one that the chat began with, which other tabs and gateways may still
	// write.
	Named bool `json:"named,omitempty"`
	// Source is the Event.Source of the request for a person, while the chat is waiting
	// or live, or of the request that left Email, while it is missed: places in the line
	// and in the list of missed chats are shared by it. It is never shown to visitors, and
	// no store keeps it.
	Source string `json:"source,omitempty"`
	// Moved is the region that the chat goes to: this is the last state that it has in the
	// streams of its old home, and nobody may change it there. See Arrived.
	Moved Region `json:"moved,omitempty"`
	// Left is nil in most chats: see Email and Missed. It is never changed, since copies of
	// the state share it.
	*Left
	// Routing is nil in most chats: see Team. It is never changed, either.
	*Routing
	// Snooze is nil in most chats: see Asleep and Woke. It is never changed, either.
	*Snooze
}

// Is returns the status, which is WithBot for the zero State.
func (s State) Is() Status {
	if s.Status == "" {
		return WithBot
	}
	return s.Status
}

// BotSpeaks reports whether the bot answers the visitor's next message, which opens a
// closed chat again.
func (s State) BotSpeaks() bool {
	return (s.Is() == WithBot || s.Is() == Closed) && !s.Handover && s.Moved == ""
}

// Apply returns the state after the step, or why the step is refused. Nothing else
// decides a chat's state.
func (s State) Apply(step Step) (State, error) {
	if err := s.allows(step); err != nil {
		return s, err
	}
	next := s
	next.Status, next.Visit = s.Is(), max(s.Visit, 1)
	next.AnsweredThrough = max(s.AnsweredThrough, step.AnsweredThrough)
	next.RequestsThrough = max(s.RequestsThrough, step.RequestsThrough)
	if step.Visitor != "" && (!s.Named || step.Kind == StateChange && step.Reason == NameGiven) {
		next.Visitor = step.Visitor
	}
	switch step.Kind {
	case Say:
		next.dealtWith()
		next.spoken()
		return next, nil
	case Reply:
		next.move(WithBot, step.At)
		next.Handover = step.Handover
		return next, nil
	}
	next.Handover = s.Handover && step.Reason.keepsStatus()
	switch step.Reason {
	case Escalated, BotGaveUp:
		next.Asked, next.Source = step.At.UTC(), step.Source
		next.move(Waiting, step.At)
		next.routeTo(step.Team)
	case LineFull, AddressFull:
		next.move(WithBot, step.At)
	case Taken, Assigned, SteppedIn:
		agent := step.By
		if s.Asked.IsZero() { // nobody asked, and yet it may come into the line from here
			next.Asked = step.At.UTC()
		}
		next.move(Live, step.At)
		next.Agent = &agent
	case PassedOn:
		next.goTo(step.To, step.At)
	case TakenOver:
		next.goTo(step.By, step.At)
	case Transferred:
		next.move(Waiting, step.At)
		next.routeTo(step.Team)
	case AgentGone, NoAnswer:
		next.move(Waiting, step.At)
	case Snoozed:
		next.fallAsleep(step)
	case Woken:
		next.wake(s, step)
	case WokenInLine:
		next.move(Waiting, step.At)
		next.wake(s, step)
	case Cancelled, NobodyCame, Returned:
		next.leaveLine()
		next.move(WithBot, step.At)
	case ByAgent, ByVisitor, Idle:
		next.leaveLine()
		next.move(Closed, step.At)
	case EmailLeft:
		next.Left = &Left{Address: step.Email, Request: step.Left, At: step.At.UTC()}
		if next.Status != Waiting || next.Source == "" {
			next.Source = step.Source
		}
	case Dealt:
		next.dealtWith()
	case NameGiven:
		next.Named = true
	case MovedAway:
		next.Moved = step.Home
	case Arrived:
		next.Moved = ""
		if step.Source != "" { // the store of the old home does not have it
			next.Source = step.Source
		}
	}
	return next, nil
}

// leaveLine ends what belongs to a place in the line.
func (s *State) leaveLine() {
	s.Asked = time.Time{}
	if !s.IsMissed() {
		s.Source = ""
	}
}

// dealtWith says that an agent has dealt with the address that was left.
func (s *State) dealtWith() {
	if s.IsMissed() {
		s.Left = &Left{Address: s.Left.Address}
	}
	if s.Status != Waiting && s.Status != Live {
		s.Source = ""
	}
}

// move sets the status. Since changes only if the status does. Whatever opens a closed chat
// again begins its next visit.
func (s *State) move(to Status, at time.Time) {
	if s.Status == Closed && to != Closed {
		s.Visit++
		s.Routing = nil // what it was about is over
	}
	if s.Status != to {
		s.Since = at.UTC()
	}
	s.Status, s.Agent, s.Snooze = to, nil, nil
}

// goTo gives a live chat to another agent, who has it since then.
func (s *State) goTo(to Agent, at time.Time) {
	s.move(Live, at)
	s.Agent, s.Since = &to, at.UTC()
}

// allows is the table of the life of a chat.
func (s State) allows(step Step) error {
	is := s.Is()
	if s.Moved != "" && (step.Kind != StateChange || step.Reason != Arrived) {
		return ErrMoved
	}
	switch step.Kind {
	case Reply:
		if !s.BotSpeaks() {
			return ErrNotBot
		}
		if step.AnsweredThrough <= s.AnsweredThrough {
			return ErrCovered
		}
		return nil
	case Say:
		return s.heldBy(step.By)
	case StateChange:
	default:
		return ErrStep
	}
	switch step.Reason {
	case Escalated:
		if is == Waiting || is == Live {
			return ErrUnchanged
		}
	case BotGaveUp:
		if is != WithBot {
			return ErrUnchanged
		}
	case LineFull, AddressFull:
		if is == Waiting || is == Live {
			return ErrUnchanged
		}
	case Cancelled, NobodyCame:
		if is != Waiting {
			return ErrNotWaiting
		}
	case Taken, Assigned, SteppedIn:
		switch {
		case is == Live && s.Agent.User == step.By.User:
			return ErrUnchanged
		case is == Live:
			return &TakenError{By: *s.Agent}
		case step.Reason != SteppedIn && is != Waiting:
			return ErrNotWaiting
		case is == Closed && !s.IsMissed():
			return ErrClosed // a visitor who left no address is not sought out
		}
	case EmailLeft, MissedFull:
		if is == Live {
			return ErrNotBot // somebody is there, and reads it
		}
		if step.Reason == EmailLeft && (step.Email == "" || step.Left == 0) {
			return ErrStep
		}
	case NameGiven:
		if is == Live {
			return ErrNotBot // a person asks for it; and what they owe is counted from the last change
		}
		if step.Visitor == "" {
			return ErrStep
		}
		if s.Named && s.Visitor == step.Visitor {
			return ErrUnchanged
		}
	case Dealt:
		if !s.IsMissed() {
			return ErrUnchanged
		}
		if is == Live {
			return s.heldBy(step.By)
		}
	case AgentGone, NoAnswer:
		if s.Asleep() {
			return ErrAsleep // whoever snoozed it need not be there
		}
		return s.heldBy(step.By)
	case Returned:
		return s.heldBy(step.By)
	case Transferred:
		if is != Waiting || step.Team == "" {
			return s.heldBy(step.By)
		}
		if s.inLine(step.Team) { // from one line into another
			return ErrUnchanged
		}
	case Snoozed:
		return s.mayBeSnoozed(step)
	case Woken, WokenInLine:
		return s.mayWake(step)
	case PassedOn:
		if step.To.User == "" {
			return ErrStep
		}
		if err := s.heldBy(step.By); err != nil {
			return err
		}
		if step.To.User == step.By.User {
			return ErrSelf
		}
	case TakenOver: // who may is not a matter of the chat's state
		if is != Live {
			return ErrNotLive
		}
		if s.Agent.User == step.By.User {
			return ErrUnchanged
		}
	case ByAgent:
		if is == Closed {
			return ErrUnchanged
		}
		if is == Live {
			return s.heldBy(step.By)
		}
	case ByVisitor, Idle:
		if is == Closed {
			return ErrUnchanged
		}
	case MovedAway:
		if step.Home == "" {
			return ErrStep
		}
	case Arrived:
	default:
		return ErrStep
	}
	return nil
}

// heldBy refuses everyone except the agent who has the chat.
func (s State) heldBy(by Agent) error {
	if s.Is() != Live {
		return ErrNotLive
	}
	if s.Agent.User != by.User {
		return &TakenError{By: *s.Agent}
	}
	return nil
}
