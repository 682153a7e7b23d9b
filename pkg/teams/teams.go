// Package teams holds which teams the people who answer are in, and says whose a chat is. All
// of it is one value of the bucket site, with a revision, which gateways and escalation workers
// follow: see Site. What follows from it is pure: see Set.
package teams

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"
)

// Bounds.
const (
	MaxTeams    = 100
	MaxMembers  = 500 // of one team
	MaxCapacity = 1000
	MaxAbout    = 200 // characters of Team.About
	MaxWords    = 30  // of one team
	MaxWord     = 40  // characters of each
	// maxGone is how many deleted teams are remembered, the latest. Chats of one that is
	// forgotten are everybody's.
	maxGone = 200
	// MaxBytes is how much all teams take together, as JSON: they are one message of NATS, which is
	// of 1 MiB at most.
	MaxBytes = 900 << 10
)

// Team is a group of agents with a line of its own.
type Team struct {
	ID   string `json:"id"` // of NewID; it never changes, and no other team ever has it
	Name string `json:"name"`
	// Members are account names, in order.
	Members []string `json:"members,omitempty"`
	// Capacity is how many live chats a member is assigned at most; 0: not set.
	Capacity int `json:"capacity,omitempty"`
	// Fallback is the id of the team that serves this one's chats while none of its members
	// is available; empty: they wait.
	Fallback string `json:"fallback,omitempty"`
	// Automatic says that chats are assigned; otherwise members take them.
	Automatic bool `json:"automatic,omitempty"`
	// About says in a line what the team's matter is, for the bot, which may choose it.
	About string `json:"about,omitempty"`
	// Words name the team: a question with one of them is this team's. See Set.Named.
	Words []string `json:"words,omitempty"`
}

// Has reports whether the account is a member. The Members are in order.
func (t Team) Has(user string) bool {
	_, found := slices.BinarySearch(t.Members, user)
	return found
}

// Gone is a team that was deleted.
type Gone struct {
	ID   string    `json:"id"`
	Name string    `json:"name"`
	Into string    `json:"into,omitempty"` // the team whose chats its chats are since; empty: everybody's
	At   time.Time `json:"at"`
}

// Set is all teams. It is never changed: its methods may be called concurrently. The zero Set
// has no team.
type Set struct {
	Teams []Team `json:"teams,omitempty"` // by name
	Gone  []Gone `json:"gone,omitempty"`  // the latest last
	// Ask has visitors who ask for a person choose a team first, if their page names none.
	Ask bool `json:"ask,omitempty"`
	// Own has agents read the chats of their own teams, and of nobody's, only.
	Own bool `json:"own,omitempty"`
	// Off are the members of teams who can't sign in, in order: their accounts are disabled. They
	// stay members, and count as none: see Active.
	Off []string `json:"off,omitempty"`
}

// Active returns the team without the members who can't sign in.
func (s Set) Active(t Team) Team {
	if len(s.Off) > 0 {
		t.Members = slices.DeleteFunc(slices.Clone(t.Members), func(user string) bool {
			_, off := slices.BinarySearch(s.Off, user)
			return off
		})
	}
	return t
}

// WithOff returns the set with those of the members marked who can't sign in.
func (s Set) WithOff(disabled func(user string) bool) Set {
	s.Off = nil
	for _, t := range s.Teams {
		for _, user := range t.Members {
			if disabled(user) {
				s.Off = append(s.Off, user)
			}
		}
	}
	slices.Sort(s.Off)
	s.Off = slices.Compact(s.Off)
	return s
}

const idLetters = "abcdefghijklmnopqrstuvwxyz234567"

// NewID returns a new team's id: 8 random characters of a-z2-7.
func NewID() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	return base32.NewEncoding(idLetters).EncodeToString(b[:])
}

// Find returns the team with that id or, in any case, that name. Of a team that was deleted
// it returns the one that has its chats.
func (s Set) Find(called string) (Team, bool) {
	if t, ok := s.Of(called); ok {
		return t, true
	}
	for _, t := range s.Teams {
		if sameName(t.Name, called) {
			return t, true
		}
	}
	return Team{}, false
}

// sameName reports whether two names are one, without case and surrounding spaces.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// Of returns the team in whose line a chat of that team (see chat.State.Team) is. ok is false
// for a chat that is in the line of everybody: one of no team, of a team that nobody knows, or
// of one that was deleted and left its chats to everybody.
func (s Set) Of(id string) (t Team, ok bool) {
	for range maxGone + 1 { // each team that was deleted into another, once at most
		if id == "" {
			return Team{}, false
		}
		if i := slices.IndexFunc(s.Teams, func(t Team) bool { return t.ID == id }); i >= 0 {
			return s.Teams[i], true
		}
		i := slices.IndexFunc(s.Gone, func(g Gone) bool { return g.ID == id })
		if i < 0 {
			return Team{}, false
		}
		id = s.Gone[i].Into
	}
	return Team{}, false
}

// Line names the line that a chat of that team waits in: the id of a team that exists, or
// empty for the line of everybody.
func (s Set) Line(id string) string {
	t, _ := s.Of(id)
	return t.ID
}

// With returns the ids of the teams that the account is a member of.
func (s Set) With(user string) (ids []string) {
	for _, t := range s.Teams {
		if t.Has(user) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// Capacity is the largest capacity that is set for a team of the account's; 0: none is set.
func (s Set) Capacity(user string) (most int) {
	for _, t := range s.Teams {
		if t.Has(user) {
			most = max(most, t.Capacity)
		}
	}
	return most
}

// Automatic reports whether chats of the team are assigned; general is the answer for those
// of everybody.
func (s Set) Automatic(id string, general bool) bool {
	if t, ok := s.Of(id); ok {
		return t.Automatic
	}
	return general
}
