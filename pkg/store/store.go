// Package store says what the history worker needs of a database. The
// implementations are in mongostore and sqlitestore; storetest holds both to
// this contract.
package store

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// The largest pieces that a store hands out at once.
const (
	MaxPage  = 1000
	MaxChats = 200
)

// ErrNotFound is returned where one thing was asked for and there is none.
var ErrNotFound = errors.New("not found")

// AwayError is an error of a store that can't be reached now, whatever it is asked.
type AwayError struct {
	Sentence string // where it was looked for and what is wrong there
	Cause    error  // may be nil
}

func (e *AwayError) Error() string { return e.Sentence }

// Unwrap returns the cause.
func (e *AwayError) Unwrap() error { return e.Cause }

// Store keeps every event of every chat for good. All methods may be called
// concurrently, by several processes on one database where the database allows
// it. An error other than ErrNotFound means that the store could not do it now;
// the same call may be made again.
type Store interface {
	// Put stores the events, in any order and any mixture of chats. It is
	// idempotent: an event whose (Chat, Seq) is stored already, or whose
	// (Chat, From.Role, ID) is, where it has an ID, counts as stored and changes
	// nothing. When it returns nil all events are durable. When it returns an
	// error some of them may be; the caller puts them all again. The sequences are
	// 1 to 2^63-1.
	Put(ctx context.Context, events []chat.Event) error

	// Page returns one chat's events in the order of their sequences.
	Page(ctx context.Context, q PageQuery) (Page, error)

	// Find returns the event that a speaker of the role sent under the client id,
	// or ErrNotFound.
	Find(ctx context.Context, id chat.ID, role chat.Role, clientID string) (chat.Event, error)

	// LastOut returns the chat's last event that carries a state, or ErrNotFound.
	LastOut(ctx context.Context, id chat.ID) (chat.Event, error)

	// Chats returns chats, the one that was last written to first.
	Chats(ctx context.Context, q ChatsQuery) (Chats, error)

	// Ping reports whether the store can be used now.
	Ping(ctx context.Context) error

	// Close frees what the store holds. Nothing may be called after it.
	Close() error
}

// PageQuery asks for the last Limit events before Before.
type PageQuery struct {
	Chat   chat.ID
	Before uint64    // exclusive; 0 means no bound
	Limit  int       // 1 to MaxPage; what is outside becomes the nearest of them
	Reader chat.Role // who reads: only kinds that it may see count. A visitor if empty.
}

// Page is a piece of a chat.
type Page struct {
	Events []chat.Event
	// Prev is the sequence of the event before the first of Events, among those
	// that the query may see; 0 where there is none. (No Events: 0.)
	Prev uint64
}

// ChatsQuery asks for chats that were last written to before Before.
type ChatsQuery struct {
	Before time.Time // exclusive; the zero time means no bound
	Limit  int       // 1 to MaxChats; what is outside becomes the nearest of them
}

// Chats is a piece of the list of all chats: last written to first, and by chat
// where that was at the same nanosecond. A piece never ends between such chats,
// so that Before loses none: it is longer than Limit instead.
type Chats struct {
	Chats []Summary
	More  bool
}

// Summary is a chat in a list. Notes are no part of it: a chat that holds nothing
// else is in no list. Events that come late never set it back.
type Summary struct {
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`   // the visitor's name, as last told by a visitor's event or a state
	Status chat.Status `json:"status"` // of the last event that carries a state; else WithBot
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`            // the last event that is not a note
	At     time.Time   `json:"at"`             // of that event, exact to the nanosecond
	Text   string      `json:"text,omitempty"` // the last words of a visitor, bot or agent, at most 120 characters
}

// Kinds returns the kinds that the query may see.
func (q PageQuery) Kinds() []chat.Kind { return chat.KindsFor(cmp.Or(q.Reader, chat.RoleVisitor)) }
