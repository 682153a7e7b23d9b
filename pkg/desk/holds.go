package desk

import (
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// A Hold is a place that an agent has for one chat: it is reserved before the chat becomes
// the agent's, and kept for as long as the chat is.
//
// A reservation covers one append only: the one that makes the chat the agent's and that is
// guarded by Seq. So whether it is of use can be told from the chat alone, by whoever looks: once
// something else was appended, that append can't succeed any more.
type Hold struct {
	Chat chat.ID   `json:"chat"`
	Seq  uint64    `json:"seq"` // bus.Snapshot.Out of the chat when the place was reserved
	At   time.Time `json:"at"`
}

// Holds are the places that one agent has, under HoldsKey in the bucket desk. Being a list,
// they are no Entry to whoever follows the chats there.
type Holds []Hold

const holdsPrefix = "holds."

// HoldsKeys is the pattern of the keys of all agents.
const HoldsKeys = holdsPrefix + ">"

// HoldsKey is the key of an agent's Holds.
func HoldsKey(user string) string { return holdsPrefix + user }

// HolderOf returns the agent whose key that is; empty if it is another key.
func HolderOf(key string) (user string) {
	user, ok := strings.CutPrefix(key, holdsPrefix)
	if !ok {
		return ""
	}
	return user
}

// Of returns the place for a chat.
func (h Holds) Of(id chat.ID) (Hold, bool) {
	if i := h.index(id); i >= 0 {
		return h[i], true
	}
	return Hold{}, false
}

func (h Holds) index(id chat.ID) int {
	return slices.IndexFunc(h, func(one Hold) bool { return one.Chat == id })
}

// Without returns the places other than that for the chat.
func (h Holds) Without(id chat.ID) Holds {
	return slices.DeleteFunc(slices.Clone(h), func(one Hold) bool { return one.Chat == id })
}

// With returns the places with that one, in place of an earlier one for the same chat.
func (h Holds) With(one Hold) Holds { return append(h.Without(one.Chat), one) }

// Reserve returns the places with one for a chat whose last change is seq, where the agent may
// have so many at most. ok is false if there is no place; changed, if there is one already.
//
// A place that was reserved after a later change is as good: then the append that is guarded by
// seq is refused.
func (h Holds) Reserve(id chat.ID, seq uint64, most int, at time.Time) (next Holds, changed, ok bool) {
	if have, is := h.Of(id); is && have.Seq >= seq {
		return h, false, true
	}
	if rest := h.Without(id); len(rest) < most {
		return append(rest, Hold{Chat: id, Seq: seq, At: at.UTC()}), true, true
	}
	return h, false, false
}

// Use is what a place is good for.
type Use int

const (
	// Stale means for nothing. The append that it covers can't succeed any more.
	Stale Use = iota
	// Pending means that it is reserved for an append that may still come.
	Pending
	// Kept means that the chat is the agent's, who has it before them.
	Kept
)

// unknownFor is after how long a place is stale whose chat does not know of the change that it
// was reserved after: no leader of a stream is behind for so long, so that change was purged, or
// the streams were made anew.
const unknownFor = time.Minute

// Use returns what the place is good for, given a state that the chat had at some time after the
// place was read.
func (h Hold) Use(user string, s bus.Snapshot, now time.Time) Use {
	switch {
	case Occupies(user, s.State):
		return Kept
	case s.Out > h.Seq, s.Out < h.Seq && now.Sub(h.At) > unknownFor:
		return Stale
	}
	return Pending
}

// Occupies reports whether a chat in that state takes one of the agent's places: it is live with
// the agent, and not snoozed.
func Occupies(user string, s chat.State) bool {
	return s.Is() == chat.Live && s.Agent.User == user && !s.Asleep() && s.Moved == ""
}
