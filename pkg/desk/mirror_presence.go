package desk

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// agent is somebody who was online at some time.
type agent struct {
	name   string
	seen   time.Time // the last sign of life
	left   bool      // signed off since
	online time.Time // when the present spell online began
	moved  time.Time // when the agent last got or lost a chat

	elsewhere int // chats of other regions that the agent has
}

// syncPresence notes who is in the bucket now, and that whoever is not has left. A
// time that another process wrote is trusted here only, where nothing better is
// known; later the moment counts at which this process heard of the agent, so
// clocks that differ make nobody absent.
func (m *Mirror) syncPresence(present map[string]Presence) {
	m.updateAgents(func(now time.Time) {
		for user := range m.agents {
			if _, there := present[user]; !there {
				m.leave(user)
			}
		}
		for user, p := range present {
			m.see(user, p, earlier(p.At, now), now)
		}
		m.inSync(presenceBucket, now)
	})
}

func (m *Mirror) heard(user string, p Presence) {
	m.updateAgents(func(now time.Time) { m.see(user, p, now, now) })
}

func (m *Mirror) signedOff(user string) {
	m.updateAgents(func(time.Time) { m.leave(user) })
}

// Seen notes a presence that the caller has read from the bucket itself.
func (m *Mirror) Seen(p Presence) {
	m.updateAgents(func(now time.Time) {
		if at := earlier(p.At, now); at.After(m.agents[p.User].seen) {
			m.see(p.User, p, at, now)
		}
	})
}

// see notes a sign of life at the given time; m.mu is held.
func (m *Mirror) see(user string, p Presence, at, now time.Time) {
	a := m.agents[user]
	if !a.onlineAt(now, m.opts.OnlineFor) {
		a.online = now
	}
	a.name, a.elsewhere, a.left = p.Name, p.Elsewhere, false
	if at.After(a.seen) {
		a.seen = at
	}
	m.agents[user] = a
}

// leave notes that an agent is no longer there; m.mu is held.
func (m *Mirror) leave(user string) {
	if a, ok := m.agents[user]; ok {
		a.left = true
		m.agents[user] = a
	}
}

// handedOver notes who lost and who got a chat; m.mu is held.
func (m *Mirror) handedOver(from, to string, now time.Time) {
	if from == to {
		return
	}
	for _, user := range []string{from, to} {
		if a, ok := m.agents[user]; ok {
			a.moved = now
			m.agents[user] = a
		}
	}
}

// LastSeen returns the agent's last sign of life; zero if there was none.
func (m *Mirror) LastSeen(user string) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.agents[user].seen
}

// Online returns the agents who were seen within Options.OnlineFor and have not
// signed off since, by account.
func (m *Mirror) Online() []chat.Agent {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.onlineAt(m.opts.Now())
}

// Present returns the agents of Online, and who of them is away.
func (m *Mirror) Present() []Person {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.peopleAt(m.opts.Now())
}

// Staff is who is available at one moment: Mirror.Staff.
type Staff struct {
	known  bool
	agents []chat.Agent
	busy   map[string]bool
}

// Staff returns who is available, and who of them has a live chat that is not snoozed.
func (m *Mirror) Staff() Staff {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Staff{known: m.allSynced(), agents: m.availableAt(m.opts.Now())}
	s.busy = make(map[string]bool, len(s.agents))
	for _, e := range m.entries {
		s.busy[e.Occupant()] = true
	}
	return s
}

// Available reports whether the agent is.
func (s Staff) Available(user string) bool {
	_, found := slices.BinarySearchFunc(s.agents, user, func(a chat.Agent, user string) int { return cmp.Compare(a.User, user) })
	return found
}

// Line tells what those know who wait in a line: that nobody who may be given their chats is
// available, or that all who are have a chat already. Both are false while that is not known.
func (s Staff) Line(may func(user string) bool) (nobody, busy bool) {
	if !s.known {
		return false, false
	}
	nobody, busy = true, true
	for _, a := range s.agents {
		if may(a.User) {
			nobody = false
			busy = busy && s.busy[a.User]
		}
	}
	return nobody, busy && !nobody
}

// onlineAt is Online with m.mu held.
func (m *Mirror) onlineAt(now time.Time) []chat.Agent {
	var list []chat.Agent
	for user, a := range m.agents {
		if a.onlineAt(now, m.opts.OnlineFor) {
			list = append(list, chat.Agent{User: user, Name: a.name})
		}
	}
	slices.SortFunc(list, func(a, b chat.Agent) int { return cmp.Compare(a.User, b.User) })
	return list
}

// peopleAt is Present with m.mu held.
func (m *Mirror) peopleAt(now time.Time) []Person {
	var list []Person
	for _, a := range m.onlineAt(now) {
		list = append(list, Person{Agent: a, Away: m.duty[a.User].Away})
	}
	return list
}

// availableAt returns those of onlineAt who are not away; m.mu is held.
func (m *Mirror) availableAt(now time.Time) []chat.Agent {
	return slices.DeleteFunc(m.onlineAt(now), func(a chat.Agent) bool { return m.duty[a.User].Away })
}

// Candidates returns the agents who are available as Assign wants them, by account.
func (m *Mirror) Candidates() []Candidate {
	m.mu.Lock()
	defer m.mu.Unlock()
	open := map[string]int{}
	for _, e := range m.entries {
		open[e.Occupant()]++
	}
	var list []Candidate
	for _, who := range m.availableAt(m.opts.Now()) {
		a := m.agents[who.User]
		list = append(list, Candidate{Agent: who, Open: open[who.User] + a.elsewhere, Idle: later(a.online, a.moved)})
	}
	return list
}

func (a agent) onlineAt(now time.Time, limit time.Duration) bool {
	return !a.left && now.Sub(a.seen) <= limit
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
