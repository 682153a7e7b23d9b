package ops

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/roles"
)

const (
	// lostFor is how long a lost replica is reported if nothing takes its place. Whoever
	// leaves it out for longer means to.
	lostFor = time.Hour
	// partings is how many goodbyes are remembered, so that an answer that crossed its
	// replica's goodbye does not bring the replica back.
	partings = 64
)

// Lost are the replicas of a role that vanished without a goodbye, and that none replaced.
type Lost struct {
	// Replicas is how many, at least one, Of how many there were with those that run.
	Replicas int `json:"replicas"`
	Of       int `json:"of"`
	// Last is the host of the one that vanished last; empty if a replica still runs there.
	// At is when it last answered.
	Last string    `json:"last,omitempty"`
	At   time.Time `json:"at"`
}

// crew is what a gateway remembers of how many replicas a service should have. Its size
// does not grow, however many come and go.
type crew struct {
	wanted int // as many as answered at once, less those that said goodbye
	last   heard
	found  time.Time // the look that last found one gone
}

// parted notes that a replica stopped in order: it is no longer waited for.
func (m *memory) parted(service, id string) {
	if slices.Contains(m.goodbyes, id) {
		return
	}
	if len(m.goodbyes) == partings {
		m.goodbyes = m.goodbyes[1:]
	}
	m.goodbyes = append(m.goodbyes, id)
	c := m.crews[service]
	if c == nil {
		return // a service that is not ours, or that was never heard
	}
	if _, here := m.heard[id]; here || c.last.replica.ID == id {
		c.wanted--
	}
	delete(m.heard, id)
}

// vanished notes that a replica was gone at this look without having said goodbye.
func (m *memory) vanished(service string, h heard, at time.Time) {
	if c := m.crews[service]; c != nil && !h.at.Before(c.last.at) {
		c.last, c.found = h, at
	}
}

// lostOf counts the replicas that run against those that should. A replica is lost from
// the look after that which found it gone: one late answer is no loss.
func (m *memory) lostOf(service string, replicas []Replica, at time.Time) *Lost {
	running := len(replicas)
	c := m.crews[service]
	if c == nil {
		if running == 0 {
			return nil
		}
		c = &crew{}
		m.crews[service] = c
	}
	if running >= c.wanted || at.Sub(c.found) > lostFor && !c.found.IsZero() {
		c.wanted, c.last, c.found = running, heard{}, time.Time{}
	}
	if running >= c.wanted || c.found.IsZero() || !at.After(c.found) {
		return nil
	}
	name := c.last.replica.Host
	if slices.ContainsFunc(replicas, func(r Replica) bool { return r.Host == name }) {
		name = ""
	}
	return &Lost{Replicas: c.wanted - running, Of: c.wanted, Last: name, At: c.last.at}
}

// replicaLost reports roles that do with fewer replicas than they had. That a role has
// none is a problem of its own.
func replicaLost(s Snapshot, _ []sample) []Problem {
	var list []Problem
	for _, r := range s.Roles {
		if !s.heard || r.Lost == nil || len(r.Replicas) == 0 {
			continue
		}
		list = append(list, Problem{Key: "lost:" + r.Role, Level: Warn, Since: r.Lost.At, Sentence: lostSentence(r, s.At)})
	}
	return list
}

func lostSentence(r Role, now time.Time) string {
	l, ago := r.Lost, age(now.Sub(r.Lost.At))+" ago"
	when, how := "was lost "+ago, "it vanished without saying goodbye"
	if l.Replicas > 1 {
		when, how = "were lost, the last one "+ago, "they vanished without saying goodbye"
	}
	if l.Last != "" {
		how += " (" + l.Last + ")"
	}
	rest := "The other one carries on."
	if n := len(r.Replicas); n > 1 {
		rest = "The other " + words(n) + " carry on."
	}
	return fmt.Sprintf("%s of %s %s %s: %s. %s", capital(words(l.Replicas)), words(l.Of), manyOf(r.Role), when, how, rest)
}

// manyOf is what several replicas of a role are called.
func manyOf(role string) string {
	r, _ := roles.Named(role)
	return r.Many
}

// words writes a small number as a word.
func words(n int) string {
	small := []string{"none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return number(uint64(max(0, n)))
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
