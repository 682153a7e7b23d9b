package chat

import "time"

// Left is what a visitor left whom nobody could answer.
type Left struct {
	Address string    `json:"email,omitempty"`
	Request uint64    `json:"missed,omitempty"`
	At      time.Time `json:"missed_at,omitzero"`
}

// Email is the address that the visitor left last, or empty. It stays when the chat is no
// longer missed: who answered may want to write there.
func (s State) Email() string {
	if s.Left == nil {
		return ""
	}
	return s.Left.Address
}

// Missed returns the sequence of the request that left Email, and when that was decided,
// until an agent says something in the chat or marks it as dealt with. They are zero if the
// chat is not missed. Nothing else ends it: neither the bot's words, nor a change of who
// answers.
func (s State) Missed() (request uint64, since time.Time) {
	if s.Left == nil {
		return 0, time.Time{}
	}
	return s.Left.Request, s.Left.At
}

// IsMissed reports whether the visitor left an address that no agent has dealt with.
func (s State) IsMissed() bool { return s.Left != nil && s.Left.Request != 0 }
