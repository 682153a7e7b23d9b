// Package mentions is what is kept of where an agent was mentioned, and how two regions' records of
// it become one.
package mentions

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// MaxUnseen is how many chats one account can be mentioned in before it looks: the oldest are
	// forgotten.
	MaxUnseen = 50
	// maxSeen is how many chats are remembered in which an account has seen it: a region that was cut
	// off for longer than that brings back what was seen meanwhile.
	maxSeen = 100
)

// Mention is a note that mentions an agent who has not seen it yet: ids only, since it is kept in
// the clear. The note itself is sealed.
type Mention struct {
	Chat chat.ID   `json:"chat"`
	Seq  uint64    `json:"seq"` // of the latest such note of the chat
	By   string    `json:"by"`  // the account of whoever wrote it
	At   time.Time `json:"at"`
}

// Seen is up to where an agent has seen a chat in which they were mentioned.
type Seen struct {
	Chat chat.ID   `json:"chat"`
	Seq  uint64    `json:"seq"`
	At   time.Time `json:"at"`
}

// Record is that of one account. The lists have each chat once, the oldest first.
type Record struct {
	Revision  uint64    `json:"revision"` // counts the changes
	At        time.Time `json:"at"`
	Mentioned []Mention `json:"mentioned,omitempty"` // what is not seen yet
	Seen      []Seen    `json:"seen,omitempty"`
}

// With returns the record with a mention more. One that was seen, or is older than what is there,
// changes nothing.
func (r Record) With(m Mention) Record {
	return r.joined(Record{Mentioned: []Mention{m}}).bounded()
}

// Without returns the record after a chat was seen up to an event.
func (r Record) Without(id chat.ID, seen uint64, at time.Time) Record {
	return r.joined(Record{Seen: []Seen{{id, seen, at}}}).bounded()
}

// Lists reports whether a mention in the chat, up to that event, is not seen yet.
func (r Record) Lists(id chat.ID, upTo uint64) bool {
	return slices.ContainsFunc(r.Mentioned, func(m Mention) bool { return m.Chat == id && m.Seq <= upTo })
}

// Same reports whether two records list the same.
func (r Record) Same(o Record) bool {
	return slices.Equal(r.Mentioned, o.Mentioned) && slices.Equal(r.Seen, o.Seen)
}

// Merge makes one record of two, which were changed apart: whatever one of them has is not lost, and
// what was seen in one is seen. It is commutative, associative and idempotent, so bounds are left to
// the next change.
func Merge(a, b Record) Record {
	m := a.joined(b)
	m.Revision, m.At = a.Revision, a.At
	if cmp.Or(cmp.Compare(a.Revision, b.Revision), a.At.Compare(b.At)) < 0 {
		m.Revision, m.At = b.Revision, b.At
	}
	return m
}

// joined has of each chat the latest mention and the latest that was seen, of two records.
func (r Record) joined(o Record) Record {
	seen := latest(append(slices.Clone(r.Seen), o.Seen...), func(s Seen) (chat.ID, uint64, time.Time, string) { return s.Chat, s.Seq, s.At, "" })
	all := latest(append(slices.Clone(r.Mentioned), o.Mentioned...), func(m Mention) (chat.ID, uint64, time.Time, string) { return m.Chat, m.Seq, m.At, m.By })
	all = slices.DeleteFunc(all, func(m Mention) bool {
		return slices.ContainsFunc(seen, func(s Seen) bool { return s.Chat == m.Chat && s.Seq >= m.Seq })
	})
	return Record{Revision: r.Revision, At: r.At, Mentioned: all, Seen: seen}
}

// latest leaves of each chat the entry of the highest sequence, and sorts them by time.
func latest[T any](all []T, of func(T) (chat.ID, uint64, time.Time, string)) []T {
	slices.SortFunc(all, func(x, y T) int { // each chat's latest first
		cx, sx, ax, bx := of(x)
		cy, sy, ay, by := of(y)
		return cmp.Or(strings.Compare(string(cx), string(cy)), cmp.Compare(sy, sx), ax.Compare(ay), strings.Compare(bx, by))
	})
	all = slices.CompactFunc(all, func(x, y T) bool {
		cx, _, _, _ := of(x)
		cy, _, _, _ := of(y)
		return cx == cy
	})
	slices.SortStableFunc(all, func(x, y T) int {
		_, _, ax, _ := of(x)
		_, _, ay, _ := of(y)
		return ax.Compare(ay)
	})
	return all
}

func (r Record) bounded() Record {
	r.Mentioned = r.Mentioned[max(0, len(r.Mentioned)-MaxUnseen):]
	r.Seen = r.Seen[max(0, len(r.Seen)-maxSeen):]
	return r
}
