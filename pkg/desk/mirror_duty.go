package desk

import (
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// syncDuty notes what is set for all agents.
func (m *Mirror) syncDuty(all map[string]Duty) {
	m.updateAgents(func(now time.Time) {
		clear(m.duty)
		for key, s := range all {
			m.duty[dutyOf(key)] = s
		}
		m.inSync(dutyBucket, now)
	})
}

func (m *Mirror) setDuty(key string, s Duty) {
	m.updateAgents(func(now time.Time) {
		user := dutyOf(key)
		if was := m.duty[user]; was.Away && !s.Away {
			m.back(user, now)
		}
		m.duty[user] = s
	})
}

// back notes that an agent wants chats again: their idle time begins, as for somebody who
// comes online; m.mu is held.
func (m *Mirror) back(user string, now time.Time) {
	if a, ok := m.agents[user]; ok {
		a.online = now
		m.agents[user] = a
	}
}

// Duty returns what is set for an agent; known is false while that is not known.
func (m *Mirror) Duty(user string) (s Duty, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.duty[user], m.synced[dutyBucket]
}

// Availability says whether an agent can be given chats.
type Availability int

// Offline agents have no console open, and those who are Away want no chats.
const (
	Offline Availability = iota
	Away
	Available
)

// Availability returns whether the agent can be given chats, and the agent with the name that
// visitors read; only the account's if that is not known. known is false while nothing can be said.
func (m *Mirror) Availability(user string) (who chat.Agent, is Availability, known bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.agents[user]
	who = chat.Agent{User: user, Name: a.name}
	switch {
	case !a.onlineAt(m.opts.Now(), m.opts.OnlineFor):
		is = Offline
	case m.duty[user].Away:
		is = Away
	default:
		is = Available
	}
	return who, is, m.allSynced()
}

// Elsewhere is how many chats of other regions the agent has, as far as that is known.
func (m *Mirror) Elsewhere(user string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.agents[user].elsewhere
}
