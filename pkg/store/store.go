// Package store defines what the history worker needs from a database. The
// implementations are in mongostore and sqlitestore; storetest holds both to this
// contract.
package store

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// The most that a store returns at once.
const (
	MaxPage   = 1000
	MaxChats  = 200
	MaxEvents = 2000
)

// ErrNotFound is returned if one thing was requested and does not exist.
var ErrNotFound = errors.New("not found")

// DownError is returned by every call while the store can't be reached.
type DownError struct {
	Sentence string // the address and what is wrong there
	Cause    error  // may be nil
	// Part: the store has parts, and this is about the one that the call needed. A ping
	// may succeed meanwhile, and so may calls that need other parts.
	Part bool
}

func (e *DownError) Error() string { return e.Sentence }

// Unwrap returns the cause.
func (e *DownError) Unwrap() error { return e.Cause }

// Store keeps every event of every chat for good. All methods may be called
// concurrently, and by several processes on one database if the database allows it.
// An error other than ErrNotFound means that the store could not do it now; the call
// may be repeated.
type Store interface {
	// Put stores the events, in any order and any mixture of chats. It is
	// idempotent: an event whose (Chat, Seq) is stored already, or whose
	// (Chat, From.Role, ID) is, if it has an ID, counts as stored and changes nothing.
	// If it returns nil, all events are durable. If it returns an error, some of them
	// may be; the caller puts all of them again. The sequences are 1 to 2^63-1. An
	// event of an unknown kind is refused with all others. Event.Trace, Event.Why, Event.Source
	// and State.Source are not stored.
	Put(ctx context.Context, events []chat.Event) error

	// Page returns one chat's events in the order of their sequences.
	Page(ctx context.Context, q PageQuery) (Page, error)

	// Find returns the event that a speaker of the role sent under the client id,
	// or ErrNotFound.
	Find(ctx context.Context, id chat.ID, role chat.Role, clientID string) (chat.Event, error)

	// Sent returns the sequences of the events that were sent under these names; what is
	// not stored is left out.
	Sent(ctx context.Context, id chat.ID, names []Name) (map[Name]uint64, error)

	// LastOut returns the chat's last event that carries a state, or ErrNotFound.
	LastOut(ctx context.Context, id chat.ID) (chat.Event, error)

	// LastCard returns the chat's last event that carries a card, or ErrNotFound.
	LastCard(ctx context.Context, id chat.ID) (chat.Event, error)

	// Chats returns chats, most recently written to first.
	Chats(ctx context.Context, q ChatsQuery) (Chats, error)

	// Events walks through all events of all chats, those that visitors may not see among them:
	// chat by chat, and a chat's in the order of their sequences. What is stored while it
	// walks may be left out.
	Events(ctx context.Context, q EventsQuery) (Events, error)

	// Ping reports whether the store can be used now, or at least a part of it.
	Ping(ctx context.Context) error

	// Close releases the store's resources. No method may be called after it.
	Close() error
}

// Name identifies what a client sent, within its chat.
type Name struct {
	Role chat.Role
	ID   string // the client's id
}

// PageQuery asks for the last Limit events before Before.
type PageQuery struct {
	Chat   chat.ID
	Before uint64    // exclusive; 0 means no bound
	Limit  int       // clamped to 1 to MaxPage
	Reader chat.Role // only kinds that this role may see count; a visitor if empty
}

// Page is a piece of a chat.
type Page struct {
	Events []chat.Event
	// Prev is the sequence of the event before the first of Events, among those that
	// the query may see; 0 if there is none, or if there are no Events.
	Prev uint64
}

// ChatsQuery asks for chats that were last written to before Before.
type ChatsQuery struct {
	Before time.Time // exclusive; the zero time means no bound
	Limit  int       // clamped to 1 to MaxChats
}

// Chats is a piece of the list of all chats: most recently written to first, and by
// chat id within the same nanosecond. A piece never ends between chats of the same
// nanosecond, so that Before loses none: it is longer than Limit instead.
type Chats struct {
	Chats []Summary
	More  bool
}

// Summary is a chat in a list. What visitors may not see is not part of it, but for its team and
// the tags of its card: a chat with nothing else is in no list. Events that arrive late never set it back.
type Summary struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`   // the visitor's name, from the last visitor's event or state
	Status chat.Status `json:"status"` // of the last event that carries a state; WithBot if none does
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`            // the last event that visitors may see
	At     time.Time   `json:"at"`             // of that event, exact to the nanosecond
	Text   string      `json:"text,omitempty"` // the last words of a visitor, bot or agent, at most 120 characters
	Tags   []string    `json:"tags,omitempty"` // of the chat's card
	Team   string      `json:"team,omitempty"` // the id of the team that the chat is for, in the last event that carries a state
}

// Kinds returns the kinds that the query may see.
func (q PageQuery) Kinds() []chat.Kind { return chat.KindsFor(cmp.Or(q.Reader, chat.RoleVisitor)) }

// EventsQuery asks for the next events of a walk.
type EventsQuery struct {
	After string // Events.Next of what came before; empty: the beginning
	Limit int    // clamped to 1 to MaxEvents
}

// Events are a piece of a walk.
type Events struct {
	Events []chat.Event
	Next   string // where it goes on; empty if it is at its end
}

// ErrPlace refuses an EventsQuery.After that no walk gave.
var ErrPlace = errors.New("there is no such place in the store")
