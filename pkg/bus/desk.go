package bus

import (
	"cmp"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// DeskEntry is a chat that waits for a person or is with one, as the bucket desk
// lists it under the chat's id. It is a projection of the chat's state, made by
// the escalation worker: good for lists, never for decisions.
type DeskEntry struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"` // the visitor's
	Status chat.Status `json:"status"`
	Agent  *chat.Agent `json:"agent,omitempty"`
	Since  time.Time   `json:"since"` // when the status began
	Asked  time.Time   `json:"asked"` // when the visitor asked for a person
	Seq    uint64      `json:"seq"`   // of the event that carries the state; 0 if purged
}

// CompareWaiting orders waiting chats: who asked first is first.
func CompareWaiting(a, b DeskEntry) int {
	return cmp.Or(a.Asked.Compare(b.Asked), cmp.Compare(a.Chat, b.Chat))
}

// Presence is what the bucket presence says of an agent who has the console
// open, under the account's name. The gateway repeats it every ten seconds; it
// lapses after PresenceTTL.
type Presence struct {
	User string    `json:"user"`
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}
