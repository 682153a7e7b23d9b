package search

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Index has the words of chats. It is derived from their logs, may be thrown away at any time, and
// can be made again. All methods may be called concurrently.
type Index interface {
	// Apply takes events, and how far the index has read with them: both or neither. Those of a
	// chat come in the order of their sequences; one at or below the chat's last is known, and
	// changes nothing.
	Apply(ctx context.Context, events []chat.Event, through Checkpoint) error
	// Find answers a question with what the scope has of it, the newest first.
	Find(ctx context.Context, q Query, s Scope, p Page) (Found, error)
	// Erase removes all words of a chat, from the files of the index too. The chat is not taken again.
	Erase(ctx context.Context, id chat.ID) error
	// Checkpoint returns how far the index has read, as the last Apply said.
	Checkpoint(ctx context.Context) (Checkpoint, error)
	// Status returns how much is in the index.
	Status(ctx context.Context) (Status, error)
	Close() error
}

// Checkpoint says how far an index has read.
type Checkpoint struct {
	// Streams has the last sequence that was read of each stream.
	Streams map[string]uint64 `json:"streams,omitempty"`
	// Fill is what has to be read from the store, since the streams no longer have it; nil: nothing.
	Fill *Fill `json:"fill,omitempty"`
}

// Fill is a walk through the store.
type Fill struct {
	// To has, of each stream, the last sequence of what the store has and the stream has not.
	To map[string]uint64 `json:"to"`
	// After is where the walk goes on; empty: at the beginning.
	After string `json:"after,omitempty"`
}

// Scope is what the asking person may read. The zero Scope is nothing.
type Scope struct {
	All bool `json:"all,omitempty"`
	// Teams are those whose chats may be read, the empty one among them for chats of no team.
	Teams []string `json:"teams,omitempty"`
	// User has chats of their own, which they may read whatever their team is.
	User string `json:"user,omitempty"`
	// Chat is the chat of a visitor, who reads it without what is for agents. The rest of the
	// scope counts for nothing then.
	Chat chat.ID `json:"chat,omitempty"`
}

// MaxPage is how many hits a page has at most.
const MaxPage = 50

// Page is a part of what is found.
type Page struct {
	Limit int    // 1 to MaxPage
	After string // Found.Next of the page before; empty: the first
}

// ErrPage refuses a Page.After that no index gave.
var ErrPage = errors.New("there is no such page")

// Found is a page of hits. If it has a Next, there may be more: a question that finds little among
// much that is asked for gets few hits, or none, with a page rather than after a long time.
type Found struct {
	Hits []Hit  `json:"hits"`
	Next string `json:"next,omitempty"`
}

// Name is the kind of a hit that is what the visitor is called, from its event on.
const Name chat.Kind = "name"

// Hit is an event that was found, or a chat, with its last words.
type Hit struct {
	Chat    chat.ID     `json:"chat"`
	Seq     uint64      `json:"seq"`
	At      time.Time   `json:"at"`
	Kind    chat.Kind   `json:"kind"`
	Role    chat.Role   `json:"role"`
	Name    string      `json:"name,omitempty"` // whose words these are
	Visitor string      `json:"visitor,omitempty"`
	Status  chat.Status `json:"status"`
	Team    string      `json:"team,omitempty"`
	Tags    []string    `json:"tags,omitempty"`
	Rating  int         `json:"rating,omitempty"`
	Snippet
}

// Status is how much is in an index.
type Status struct {
	Chats, Documents int64
	Bytes            int64 // on disk
}
