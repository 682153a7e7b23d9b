package ops

import (
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// Snapshot is the whole at one moment, as the operator page reads it.
type Snapshot struct {
	At      time.Time `json:"at"`
	TookMS  int64     `json:"took_ms"`
	Verdict Verdict   `json:"verdict"`
	Roles   []Role    `json:"roles"`
	// Flow counts since the streams were made; nil where some of it could not be
	// had, since half a sum would make a wrong rate.
	Flow    *Flow            `json:"flow"`
	Work    []Work           `json:"work"`
	Streams []bus.StreamLook `json:"streams"`
	Nodes   []Node           `json:"nodes"`
	Server  bus.ServerLook   `json:"server"`
	History History          `json:"history"`
	Desk    Desk             `json:"desk"`
	Dead    Dead             `json:"dead"`
	// Room says in a sentence why nothing can be stored here; empty where there is
	// room, or where this gateway can't know.
	Room string `json:"room,omitempty"`
	// Missing names what did not answer in time.
	Missing []string `json:"missing,omitempty"`

	reached, heard bool          // NATS, the replicas
	missed         []bus.Missing // what Missing names
}

// Role is a kind of worker, or the gateways.
type Role struct {
	Role     string    `json:"role"` // its name in the table of roles
	Replicas []Replica `json:"replicas"`
	// LastHeard is when a replica of it was last heard of; zero: never, as far as
	// this gateway knows.
	LastHeard time.Time `json:"last_heard,omitzero"`
}

// Replica is one process. Silent is set where it answered some moments ago and
// does not now.
type Replica struct {
	bus.Replica
	Silent bool `json:"silent,omitempty"`
}

// Flow counts events. Seen has what each consumer was given that hears visitors'
// words and requests and changes of chats, by its work's name. They all hear the
// same, but what is given twice counts twice: the smallest growth is the right one.
type Flow struct {
	Events uint64            `json:"events"` // all that was ever stored in the chats
	Seen   map[string]uint64 `json:"seen"`
}

// Work is what one role's durable consumer has before it, in all streams together.
type Work struct {
	Name        string    `json:"name"` // its key in the table of roles
	Role        string    `json:"role"`
	Waiting     uint64    `json:"waiting"` // not dealt with: Pending and Unacked
	Pending     uint64    `json:"pending"`
	Unacked     uint64    `json:"unacked"`
	Redelivered uint64    `json:"redelivered"`
	Done        uint64    `json:"done"` // deliveries that were dealt with
	Oldest      time.Time `json:"oldest,omitzero"`
	// Streams is what waits in each stream that has something waiting.
	Streams map[string]uint64 `json:"streams,omitempty"`
	// Whole is false where some streams did not answer.
	Whole bool `json:"whole"`

	of roles.Work
}

// Node is a NATS server that holds copies of streams.
type Node struct {
	Name    string `json:"name"`
	Leads   int    `json:"leads"`  // streams
	Copies  int    `json:"copies"` // of streams, those it leads among them
	Behind  int    `json:"behind"` // copies that are not current
	Offline bool   `json:"offline,omitempty"`
}

// History is how the history service answered.
type History struct {
	Answers bool    `json:"answers"`
	TookMS  float64 `json:"took_ms"`
}

// Desk is who waits for a person, and who is there for them.
type Desk struct {
	Waiting int       `json:"waiting"`
	Live    int       `json:"live"`
	Oldest  time.Time `json:"oldest,omitzero"` // when the one who waits longest asked
	Agents  []string  `json:"agents"`          // names of those online
}

// Dead is the stream of dead letters.
type Dead struct {
	Letters uint64    `json:"letters"`
	First   time.Time `json:"first,omitzero"` // when the oldest one was written
}

// Role returns one of the roles; the zero Role where it is not known.
func (s Snapshot) Role(name string) Role {
	for _, r := range s.Roles {
		if r.Role == name {
			return r
		}
	}
	return Role{}
}

// unmanned reports that nobody is there for the work, which is said already.
func (s Snapshot) unmanned(w Work) bool { return s.heard && len(s.Role(w.Role).Replicas) == 0 }

// inHand reports that the replicas can work on all that waits, each on what it says
// that it can. Where more visitors talk with a slow bot, more is in hand.
func (s Snapshot) inHand(w Work) bool {
	places := uint64(0)
	for _, r := range s.Role(w.Role).Replicas {
		places += uint64(max(0, r.Concurrency))
	}
	return places > 0 && w.Waiting <= places
}
