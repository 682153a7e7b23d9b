package frame

import (
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/rights"
)

// Side is the client's end of a connection.
type Side uint8

// The sides.
const (
	Visitor Side = 1 << iota
	Agent
)

// Role is the role that the side's client reads as.
func (s Side) Role() chat.Role {
	if s == Agent {
		return chat.RoleAgent
	}
	return chat.RoleVisitor
}

const (
	// FirstPage is how many events or chats a client is shown if it names no number.
	FirstPage = 50
	// MaxPage is how many one page may hold.
	MaxPage = 200
)

// Kind is a kind of frame that clients send: a row of the table that parsing,
// metrics, traces and dispatch read.
type Kind struct {
	Name string
	From Side // who may send it
	// ID says that the frame must carry a client id, Chat that an agent's must name
	// the chat.
	ID, Chat bool
	// Most is how many items the frame may ask for at once; 0: it asks for none.
	Most          int
	listed, items string // for the sentence about Most
	scored        bool   // carries a score
	choice        bool   // may name the choice that was pressed
	email         bool   // carries an e-mail address
	files         bool   // may name files
	text          textRule
	// May is what an agent's role has to allow.
	May rights.Act
	// Internal says that what it stores is for agents only.
	Internal bool
	// Chatter comes all the time and stores nothing: it is not traced, and a
	// visitor's is dropped without an answer when it comes too fast.
	Chatter bool
}

// textRule says what the field text must hold. Agents' words are the escalation
// service's to check.
type textRule int

const (
	noText       textRule = iota
	optionalText          // empty, or as neededText
	neededText            // what chat.CleanText accepts
)

// Kinds is the table of the frames that clients send.
var Kinds = []Kind{
	{Name: "hello", From: Visitor},
	{Name: "forget", From: Visitor, ID: true},
	{Name: "send", From: Visitor, ID: true, text: neededText, choice: true, files: true},
	{Name: "escalate", From: Visitor, ID: true},
	{Name: "cancel", From: Visitor, ID: true},
	{Name: "rate", From: Visitor, ID: true, scored: true, text: optionalText},
	{Name: "leave_email", From: Visitor, ID: true, email: true, text: optionalText},
	{Name: "name", From: Visitor, ID: true},
	{Name: "close", From: Visitor | Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "page", From: Visitor | Agent, ID: true, Chat: true, Most: MaxPage, listed: "page", items: "events", May: rights.Read},
	{Name: "typing", From: Visitor | Agent, Chat: true, Chatter: true, May: rights.Answer},
	{Name: "read", From: Visitor | Agent, Chat: true, Chatter: true, May: rights.Read},
	{Name: "about", From: Visitor, Chatter: true},
	{Name: "grant", From: Visitor, ID: true},
	{Name: "open", From: Agent, ID: true, Chat: true, May: rights.Read},
	{Name: "leave", From: Agent, Chat: true, May: rights.Read},
	{Name: "look", From: Agent, Chat: true, Chatter: true, May: rights.Annotate},
	{Name: "mentions_seen", From: Agent, Chat: true, May: rights.Read},
	{Name: "chats", From: Agent, ID: true, Most: MaxPage, listed: "list", items: "chats", May: rights.Read},
	{Name: "take", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "step_in", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "dealt", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "say", From: Agent, ID: true, Chat: true, files: true, May: rights.Answer},
	{Name: "note", From: Agent, ID: true, Chat: true, files: true, May: rights.Annotate, Internal: true},
	{Name: "card", From: Agent, ID: true, Chat: true, May: rights.Annotate},
	{Name: "macro", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "draft", From: Agent, ID: true, Chat: true, May: rights.Annotate},
	{Name: "return", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "transfer", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "snooze", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "wake", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "pass_on", From: Agent, ID: true, Chat: true, May: rights.Answer},
	{Name: "assign", From: Agent, ID: true, Chat: true, May: rights.Assign},
	{Name: "take_over", From: Agent, ID: true, Chat: true, May: rights.TakeOver},
	{Name: "close_source", From: Agent, ID: true, May: rights.Answer},
}

// unknown stands for every kind that is not in the table.
var unknown = Kind{Name: "unknown"}

var byName = func() map[string]*Kind {
	m := make(map[string]*Kind, len(Kinds))
	for i := range Kinds {
		m[Kinds[i].Name] = &Kinds[i]
	}
	return m
}()

func kindOf[S ~string | ~[]byte](name S) *Kind {
	if k, ok := byName[string(name)]; ok {
		return k
	}
	return &unknown
}
