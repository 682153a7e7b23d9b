package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// Entry is a chat that waits for a person, is with one, or is missed, as the bucket desk
// lists it under the chat's id. It is a projection of the chat's state, made by
// the escalation worker: good for lists, never for decisions.
type Entry struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"` // the visitor's
	Status chat.Status `json:"status"`
	Agent  *chat.Agent `json:"agent,omitempty"`
	Since  time.Time   `json:"since"` // when the status began
	Asked  time.Time   `json:"asked"` // when the visitor asked for a person
	Seq    uint64      `json:"seq"`   // of the event that carries the state; 0 if purged
	// Source says which waiting chats come from one address block: chat.State.Source.
	Source string `json:"source,omitempty"`
	// Missed is when the visitor left Email, of a chat that is missed; zero of another.
	Missed time.Time `json:"missed,omitzero"`
	Email  string    `json:"email,omitempty"`
	// Team is chat.State.Team: the id of the team that the chat is for.
	Team string `json:"team,omitempty"`
	// Tags are the first ten of the chat's card.
	Tags []string `json:"tags,omitempty"`
	// Snoozed says that the agent lets the chat rest: until Until, or, if that is zero, until
	// the visitor writes. Woke is when it woke up, as chat.State.Woke has it.
	Snoozed bool      `json:"snoozed,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	Woke    time.Time `json:"woke,omitzero"`
}

// EntryOf returns the entry of a chat with that state. listed is false if the desk
// does not list such a chat.
func EntryOf(id chat.ID, s bus.Snapshot) (e Entry, listed bool) {
	e = Entry{
		Chat: id, Name: s.State.Visitor, Status: s.State.Is(), Agent: s.State.Agent,
		Since: s.State.Since, Asked: s.State.Asked, Seq: s.Out, Source: s.State.Source, Team: s.State.Team(),
	}
	if s.State.IsMissed() {
		_, e.Missed = s.State.Missed()
		e.Email = s.State.Email()
	}
	if s.State.Asleep() {
		e.Snoozed, e.Until = true, s.State.Until
	}
	e.Woke, _ = s.State.Woke()
	return e, s.State.Moved == "" && (e.Status == chat.Waiting || e.Status == chat.Live || s.State.IsMissed())
}

// Same reports whether both entries say the same, apart from the sequence: that
// moves with every word of an agent's.
func (e Entry) Same(o Entry) bool {
	agents := (e.Agent == nil) == (o.Agent == nil) && (e.Agent == nil || *e.Agent == *o.Agent)
	missed := e.Missed.Equal(o.Missed) && e.Email == o.Email
	slept := e.Snoozed == o.Snoozed && e.Until.Equal(o.Until) && e.Woke.Equal(o.Woke)
	return agents && missed && slept && slices.Equal(e.Tags, o.Tags) && e.Chat == o.Chat && e.Name == o.Name && e.Status == o.Status && e.Source == o.Source && e.Team == o.Team && e.Since.Equal(o.Since) && e.Asked.Equal(o.Asked)
}

// Occupant returns the account of the agent one of whose places the chat takes; empty if there is
// none: nobody has it, or it is snoozed.
func (e Entry) Occupant() string {
	if e.Snoozed {
		return ""
	}
	return e.Holder()
}

// Holder returns the account of the agent who has the chat; empty if nobody has.
func (e Entry) Holder() string {
	if e.Status != chat.Live || e.Agent == nil {
		return ""
	}
	return e.Agent.User
}

// CompareWaiting orders waiting chats: first come, first served.
func CompareWaiting(a, b Entry) int {
	return cmp.Or(a.Asked.Compare(b.Asked), cmp.Compare(a.Chat, b.Chat))
}

// Presence is what the bucket presence says of an agent who has the console open,
// under the account's name. The gateway repeats it every ten seconds; it expires
// after bus.PresenceTTL.
type Presence struct {
	User string    `json:"user"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
	// Elsewhere is how many chats the agent has that are at home in other regions.
	Elsewhere int `json:"elsewhere,omitempty"`
}
