// Package talk is the WebSocket client that the tests share: a Socket, a Client
// that keeps every frame, a Visitor who comes back when a connection ends, an Agent,
// and conversations between them that check what is promised.
//
// The torture's checker does not use it: test/load has a client of its own, so that
// a mistake in one of them shows.
package talk

import (
	"encoding/json"
	"time"
)

// Frame is any frame of the server, with the fields that tests look at.
type Frame struct {
	T, ID, Chat, Name, Token, Kind, Text, What string
	Status, Reason, Code, Message, Refused     string
	Seq, Prev, Through, Edition                uint64
	Retry                                      int64 `json:"retry_after_ms"`
	Place                                      int
	More, Nobody, Busy, Internal, Other        bool
	From                                       struct{ Role, Name, User string }
	On, Writes                                 bool // of a signal
	Called                                     string
	Set                                        *Frame
	Events, Chats, Desk                        []Frame
	Source, Site, Email, Gone                  string
	Missed                                     any // of an entry of the desk: since when; of "opened": whether
	About                                      *About
	Closed                                     int
	Online, Agents                             []struct{ User string }
	Teams                                      []struct{ ID, Name string }
	Team                                       string // of an entry of the desk, or an event
	Agent                                      any    // who has a chat, or whose console it is
	Away                                       []string
	Visit                                      uint64
	Snoozed                                    bool      // of an entry of the desk
	Until, Woke                                time.Time // of one, or of an event
	Mentions                                   []Mention
	Card                                       struct{ Tags []string } // what is written on the chat
	Tags                                       []string                // of an entry of a list
	Files                                      json.RawMessage         // of an event: a list; of a welcome: what may be sent
	Grant                                      string
}

// Mention is a note that mentions an agent.
type Mention struct {
	Chat, By string
	Seq      uint64
}

// About is what is known of a visitor.
type About struct {
	Page, Language, Zone, Device string
	Visits                       int
}

// Later reports whether the frame refuses with this code, says when to come again,
// and has a sentence for a person.
func (f Frame) Later(code string) bool {
	return f.T == "error" && f.Code == code && f.Retry > 0 && len(f.Message) > 1 && f.Message[len(f.Message)-1] == '.'
}
