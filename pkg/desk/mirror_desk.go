package desk

import (
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Entries returns the chats that have one of the statuses, in no order; all of them
// if there is none.
func (m *Mirror) Entries(statuses ...chat.Status) []Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.list(statuses...)
}

// list is Entries with m.mu held.
func (m *Mirror) list(statuses ...chat.Status) []Entry {
	list := make([]Entry, 0, len(m.entries))
	for _, e := range m.entries {
		if len(statuses) == 0 || slices.Contains(statuses, e.Status) {
			list = append(list, e)
		}
	}
	return list
}

// AnyChat returns one of the listed chats, at random; ok is false if there is none.
func (m *Mirror) AnyChat() (id chat.ID, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.entries {
		return id, true
	}
	return "", false
}

// syncDesk puts the desk that was read as a whole in place of what was seen before.
func (m *Mirror) syncDesk(entries map[string]Entry) {
	m.sync(entries, m.opts.Own, func(now time.Time) { m.inSync(deskBucket, now) })
}

// sync puts the desk of one region, whose chats those of are, in place of what was seen of it,
// and then calls synced.
func (m *Mirror) sync(entries map[string]Entry, of func(chat.ID) bool, synced func(now time.Time)) {
	m.update(func(now time.Time) {
		for id := range m.entries {
			if _, listed := entries[string(id)]; !listed && of(id) {
				m.drop(id)
			}
		}
		for key, e := range entries {
			e.Chat = chat.ID(key)
			if was, listed := m.entries[e.Chat]; !listed || was.Seq != e.Seq || !was.Same(e) {
				m.set(e)
			}
		}
		synced(now)
	})
}

// List shows an entry: the bucket holds it, or the caller knows that it will in a
// moment, and has it count from now on. An entry of an older state than the one that
// is shown changes nothing.
func (m *Mirror) List(e Entry) {
	m.update(func(now time.Time) {
		was := m.entries[e.Chat]
		if e.Seq < was.Seq {
			return
		}
		m.handedOver(was.Occupant(), e.Occupant(), now)
		m.set(e)
	})
}

// Unlist shows a chat no longer, as List shows one.
func (m *Mirror) Unlist(id chat.ID) {
	m.update(func(now time.Time) {
		m.handedOver(m.entries[id].Occupant(), "", now)
		m.drop(id)
	})
}

// set and drop change the list and tell the Observer; m.mu is held.
func (m *Mirror) set(e Entry) {
	was := m.entries[e.Chat]
	m.entries[e.Chat] = e
	if m.opts.Observer != nil {
		m.opts.Observer.Listed(was, e)
	}
}

func (m *Mirror) drop(id chat.ID) {
	_, listed := m.entries[id]
	delete(m.entries, id)
	if listed && m.opts.Observer != nil {
		m.opts.Observer.Unlisted(id)
	}
}

// own yields the entries of the own region; m.mu is held.
func (m *Mirror) own(yield func(Entry) bool) {
	for id, e := range m.entries {
		if m.opts.Own(id) && !yield(e) {
			return
		}
	}
}

// Summary is the desk at one moment, in figures.
type Summary struct {
	Waiting, Live int
	Missed        int            // that are neither waiting nor live
	MostFromOne   int            // of those that wait: see MostFromOne
	OldestAsked   time.Time      // when the visitor who waits longest asked; zero if nobody waits
	WaitingIn     map[string]int // how many of those that wait are for each team, by Entry.Team
	Online        []Person       // by account
}

// Available returns the accounts of those who are online and not away.
func (s Summary) Available() (users []string) {
	for _, p := range s.Online {
		if !p.Away {
			users = append(users, p.User)
		}
	}
	return users
}

// Summary counts who waits and who is with a person, of the chats of the own region, and who is
// online.
func (m *Mirror) Summary() Summary {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Summary{Online: m.peopleAt(m.opts.Now()), MostFromOne: mostFromOne(m.own), WaitingIn: map[string]int{}}
	for e := range m.own {
		switch e.Status {
		default:
			s.Missed++
		case chat.Live:
			s.Live++
		case chat.Waiting:
			s.Waiting++
			s.WaitingIn[e.Team]++
			if s.OldestAsked.IsZero() || e.Asked.Before(s.OldestAsked) {
				s.OldestAsked = e.Asked
			}
		}
	}
	return s
}
