package escalation

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// board is what a replica sees of the buckets desk and presence. It may lag, so
// everything that is done because of it is decided again on the chat's state.
type board struct {
	changed chan struct{} // holds a token when something changed

	mu       sync.Mutex // guards what follows
	desk     map[string]bus.DeskEntry
	people   map[string]person
	watching [2]bool   // desk and presence were read as a whole
	since    time.Time // since when both are
}

// person is an agent who was online at some time.
type person struct {
	name   string
	seen   time.Time // the last sign of life
	left   bool      // signed off since
	online time.Time // when the present spell online began
	moved  time.Time // when the agent last got or lost a chat
}

func newBoard() *board {
	return &board{changed: make(chan struct{}, 1), desk: map[string]bus.DeskEntry{}, people: map[string]person{}}
}

// poke says that something changed. It never blocks.
func (b *board) poke() {
	select {
	case b.changed <- struct{}{}:
	default: // there is a token: who takes it will see this change too
	}
}

// blind forgets that the buckets were read: the connection was lost, and nobody
// counts as absent for what could not be heard.
func (b *board) blind() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watching = [2]bool{}
}

// read notes that one of the buckets was read as a whole.
func (b *board) read(which int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watching[which] = true
	if b.watching == [2]bool{true, true} {
		b.since = now
	}
}

// watchedSince reports since when both buckets are watched.
func (b *board) watchedSince() (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since, b.watching == [2]bool{true, true}
}

// replaceDesk puts a desk that was read as a whole in place of the old one.
func (b *board) replaceDesk(desk map[string]bus.DeskEntry) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.desk = desk
}

// setDesk notes a changed entry.
func (b *board) setDesk(e bus.DeskEntry, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.move(holder(b.desk[string(e.Chat)]), holder(e), now)
	b.desk[string(e.Chat)] = e
}

// dropDesk notes that a chat is no longer listed.
func (b *board) dropDesk(key string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.move(holder(b.desk[key]), "", now)
	delete(b.desk, key)
}

func holder(e bus.DeskEntry) string {
	if e.Status != chat.Live || e.Agent == nil {
		return ""
	}
	return e.Agent.User
}

// move notes who lost and who got a chat; b.mu is held.
func (b *board) move(from, to string, now time.Time) {
	if from == to {
		return
	}
	for _, user := range []string{from, to} {
		if p, ok := b.people[user]; ok {
			p.moved = now
			b.people[user] = p
		}
	}
}

// see notes a sign of life, at the given time.
func (b *board) see(pr bus.Presence, at, now time.Time, ttl time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.people[pr.User]
	if p.left || now.Sub(p.seen) > ttl {
		p.online = now
	}
	p.name, p.left = pr.Name, false
	if at.After(p.seen) {
		p.seen = at
	}
	b.people[pr.User] = p
}

// leave notes that an agent signed off.
func (b *board) leave(user string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p, ok := b.people[user]; ok {
		p.left = true
		b.people[user] = p
	}
}

// lastSeen is zero for who was never seen.
func (b *board) lastSeen(user string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.people[user].seen
}

// live returns the chats that are with a person.
func (b *board) live() []bus.DeskEntry { return b.entries(chat.Live) }

func (b *board) entries(status chat.Status) []bus.DeskEntry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []bus.DeskEntry
	for _, e := range b.desk {
		if e.Status == status {
			list = append(list, e)
		}
	}
	return list
}

// anyChat returns one of the listed chats, which one is left to chance.
func (b *board) anyChat() (chat.ID, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.desk {
		return e.Chat, true
	}
	return "", false
}

// candidates returns who is online, that is, was seen within the limit and has
// not signed off since.
func (b *board) candidates(now time.Time, limit time.Duration) []candidate {
	b.mu.Lock()
	defer b.mu.Unlock()
	open := map[string]int{}
	for _, e := range b.desk {
		open[holder(e)]++
	}
	var list []candidate
	for user, p := range b.people {
		if p.left || now.Sub(p.seen) > limit {
			continue
		}
		idle := p.online
		if p.moved.After(idle) {
			idle = p.moved
		}
		list = append(list, candidate{Agent: chat.Agent{User: user, Name: p.name}, Open: open[user], Idle: idle})
	}
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Compare(a.Agent.User, b.Agent.User) })
	return list
}
