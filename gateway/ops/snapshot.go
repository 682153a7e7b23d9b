package ops

import (
	"net/netip"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// Snapshot is the whole system at one moment, as the operator page reads it.
type Snapshot struct {
	At      time.Time `json:"at"`
	TookMS  int64     `json:"took_ms"`
	Verdict Verdict   `json:"verdict"`
	Roles   []Role    `json:"roles"`
	// Flow counts since the streams were made; nil if a part of it is
	// missing, since a partial sum would make a wrong rate.
	Flow    *Flow            `json:"flow"`
	Work    []Work           `json:"work"`
	Streams []bus.StreamLook `json:"streams"`
	Nodes   []Node           `json:"nodes"`
	Server  bus.ServerLook   `json:"server"`
	History History          `json:"history"`
	Desk    Desk             `json:"desk"`
	Regions Regions          `json:"regions,omitzero"` // absent where there is one only
	Dead    Dead             `json:"dead"`
	// Spent is nil if the bot asks no language model, or if that is not known.
	Spent *Spending `json:"spent,omitempty"`
	// Heaviest are the blocks of addresses that had most accepted within about the last
	// hour, at all gateways together, the heaviest first.
	Heaviest []bus.Load `json:"heaviest"`
	// Room says in a sentence why nothing can be stored here; empty if there is
	// room, or if this gateway can't know.
	Room string `json:"room,omitempty"`
	// Missing names what did not answer in time.
	Missing []string `json:"missing,omitempty"`

	reached, heard bool          // NATS, the replicas
	missed         []bus.Missing // what Missing names
	hidden         []netip.Addr  // see Options.Hidden
}

// Role has the replicas of one role.
type Role struct {
	Role     string    `json:"role"` // its name in the table of roles
	Replicas []Replica `json:"replicas"`
	// LastHeard is when a replica of it last answered this gateway; zero: never.
	LastHeard time.Time `json:"last_heard,omitzero"`
	// Lost is nil unless fewer run than should.
	Lost *Lost `json:"lost,omitempty"`
}

// Replica is one process. Silent is set if it answered a moment ago but does not now.
type Replica struct {
	bus.Replica
	Silent bool `json:"silent,omitempty"`
}

// Flow counts events. Seen has, by the name of the work, how much of what visitors send
// each consumer was given: messages go to one and requests to another. Redeliveries count
// twice.
type Flow struct {
	Events uint64            `json:"events"` // all that was ever stored in the chats
	Seen   map[string]uint64 `json:"seen"`
}

// Work is what waits for one durable consumer of a role, in all streams together.
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
	// Whole is false if some streams did not answer.
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

// Desk has the visitors who wait for a person, and the agents who are online.
type Desk struct {
	Waiting int       `json:"waiting"`
	Live    int       `json:"live"`
	Oldest  time.Time `json:"oldest,omitzero"` // when the one who waits longest asked
	Agents  []string  `json:"agents"`          // names of those online
	Away    []string  `json:"away,omitempty"`  // of these, those who want no chats
	// Unserved is how many of the waiting chats are for nobody who is available.
	Unserved int `json:"unserved,omitempty"`
	// Missed is how many chats wait for an agent to answer an address that was left, and
	// are neither waiting nor live.
	Missed int `json:"missed,omitempty"`
	// FromOne is how many of the waiting chats come from the address that has most of
	// them, Places how many may wait in all (0: not known).
	FromOne int `json:"from_one,omitempty"`
	Places  int `json:"places,omitempty"`
}

// Regions is what this gateway knows of several regions.
type Regions struct {
	Own    chat.Region `json:"own"`
	Others []Region    `json:"others"`
}

// IsZero reports whether no other region is known.
func (r Regions) IsZero() bool { return len(r.Others) == 0 }

// Region is another region, as this gateway sees it.
type Region struct {
	Name    chat.Region `json:"name"`
	Reached bool        `json:"reached"`
	// Since is since when it is not reached, and Why says why, for operators.
	Since time.Time `json:"since,omitzero"`
	Why   string    `json:"why,omitempty"`
	// RoundTripMS is how long its NATS servers took to answer.
	RoundTripMS float64 `json:"round_trip_ms,omitempty"`
	// Behind is since when something of its accounts, settings and visitors is not merged
	// here; zero: all is.
	Behind time.Time `json:"behind,omitzero"`
	// Copy says that a copy of its chats is to be kept here, and Copied up to when it has all that
	// was said there; zero: the first one is being made.
	Copy   bool      `json:"copy,omitempty"`
	Copied time.Time `json:"copied,omitzero"`
}

// Dead is the stream of dead letters.
type Dead struct {
	Letters uint64    `json:"letters"`
	First   time.Time `json:"first,omitzero"` // when the oldest one was written
}

// Role returns one of the roles; the zero Role if it is unknown.
func (s Snapshot) Role(name string) Role {
	for _, r := range s.Roles {
		if r.Role == name {
			return r
		}
	}
	return Role{}
}

// unmanned reports that no replica runs that could do the work; noReplica says so.
func (s Snapshot) unmanned(w Work) bool { return s.heard && len(s.Role(w.Role).Replicas) == 0 }

// inHand reports that the replicas can work on everything that waits at once, by their
// own account. When more visitors talk with a slow bot, more is in hand.
func (s Snapshot) inHand(w Work) bool {
	places := uint64(0)
	for _, r := range s.Role(w.Role).Replicas {
		places += uint64(max(0, r.Concurrency))
	}
	return places > 0 && w.Waiting <= places
}
