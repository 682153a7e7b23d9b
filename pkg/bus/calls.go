package bus

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// The calls of the history service.
var (
	HistoryPage  = Endpoint[PageRequest, PageReply]{"history.page"} // never with notes
	historyNotes = Endpoint[PageRequest, PageReply]{"history.page-notes"}
	HistoryLast  = Endpoint[LastRequest, LastReply]{"history.last"}
	HistoryFind  = Endpoint[FindRequest, FindReply]{"history.find"}
	HistoryChats = Endpoint[ChatsRequest, ChatsReply]{"history.chats"}
)

// HistoryPages is where to ask for a page. Pages with notes have a call of their
// own, which NATS does not permit everybody.
func HistoryPages(notes bool) Endpoint[PageRequest, PageReply] {
	if notes {
		return historyNotes
	}
	return HistoryPage
}

// PageRequest asks for the last Limit (1 to 200) events of a chat before Before
// (exclusive; 0: no bound). Known is the sequence of an event of the chat that the
// asker knows of (0: none): who does not know it does not answer.
type PageRequest struct {
	Chat   chat.ID `json:"chat"`
	Before uint64  `json:"before,omitempty"`
	Limit  int     `json:"limit"`
	Notes  bool    `json:"notes,omitempty"`
	Known  uint64  `json:"known,omitempty"`
}

// PageReply holds everything that the stream had acknowledged when the page was
// asked for. Prev is the sequence of the event before the first one (0: none).
type PageReply struct {
	Events []chat.Event `json:"events"`
	Prev   uint64       `json:"prev"`
}

// LastRequest asks for the last event in the store that carries a chat's state.
type LastRequest struct {
	Chat chat.ID `json:"chat"`
}

// LastReply has no Event where there is none.
type LastReply struct {
	Event *chat.Event `json:"event,omitempty"`
}

// FindRequest asks whether a visitor's message with this client id is stored,
// in the store or still only in the stream.
type FindRequest struct {
	Chat chat.ID `json:"chat"`
	ID   string  `json:"id"`
}

// FindReply has Seq 0 where it is not.
type FindReply struct {
	Seq uint64 `json:"seq"`
}

// ChatsRequest asks for chats, the one last written to first.
type ChatsRequest struct {
	Before time.Time `json:"before,omitzero"` // exclusive
	Limit  int       `json:"limit"`           // 1 to 200
}

// ChatsReply is a piece of the list of all chats.
type ChatsReply struct {
	Chats []ChatSummary `json:"chats"`
	More  bool          `json:"more"`
}

// ChatSummary is a chat in a list.
type ChatSummary struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Status chat.Status `json:"status"`
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`
	At     time.Time   `json:"at"`
	Text   string      `json:"text,omitempty"`
}

// The calls of the escalation service. Agent is who acts. ID is the client's id
// of the call: a call made again with the same one happens once.
var (
	DeskTake     = Endpoint[DeskRequest, DeskReply]{"escalation.take"}
	DeskSay      = Endpoint[DeskRequest, DeskReply]{"escalation.say"}
	DeskNote     = Endpoint[DeskRequest, DeskReply]{"escalation.note"}
	DeskReturn   = Endpoint[DeskRequest, DeskReply]{"escalation.return"}
	DeskTransfer = Endpoint[DeskRequest, DeskReply]{"escalation.transfer"}
	DeskClose    = Endpoint[DeskRequest, DeskReply]{"escalation.close"}
)

// DeskRequest is something that an agent does to a chat. Text belongs to say and note.
type DeskRequest struct {
	Chat  chat.ID    `json:"chat"`
	ID    string     `json:"id"`
	Agent chat.Agent `json:"agent"`
	Text  string     `json:"text,omitempty"`
}

// DeskReply names the event that it became; 0 where the chat was already so.
type DeskReply struct {
	Seq uint64 `json:"seq"`
}

// The codes of the refusals of the escalation service.
const (
	CodeTaken      = "taken"       // another agent has the chat
	CodeNotWaiting = "not_waiting" // nobody waits there
	CodeNotLive    = "not_live"    // the chat is not with a person
	CodeBadText    = "bad_text"
	CodeTooLong    = "too_long"
	CodeNotFound   = "not_found"
)
