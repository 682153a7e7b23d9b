package ops

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// sample is what waited at one moment.
type sample struct {
	at      time.Time
	waiting map[string]uint64 // by the name of the Work
}

// before returns the latest sample that was taken at that time or earlier.
func before(past []sample, at time.Time) (sample, bool) {
	for _, s := range slices.Backward(past) {
		if !s.at.After(at) {
			return s, true
		}
	}
	return sample{}, false
}

const (
	// remembered is how long samples are kept.
	remembered = 2 * time.Minute
	// silence is how long a replica may fail to answer before it counts as gone. A
	// single answer may be late on a busy machine.
	silence = 4 * time.Second
)

// memory is what a gateway remembers of earlier looks. It is used by one look
// at a time.
type memory struct {
	past  []sample
	since map[string]time.Time // problem → when it was first seen, while it lasts
	heard map[string]heard     // replica → when it last answered
	last  map[string]time.Time // service → when any replica of it last answered
	crews map[string]*crew     // service → how many replicas it should have
	// goodbyes are the ids of the replicas that stopped in order, the latest last.
	goodbyes []string
}

type heard struct {
	replica bus.Replica
	at      time.Time
}

func newMemory() *memory {
	return &memory{since: map[string]time.Time{}, heard: map[string]heard{}, last: map[string]time.Time{}, crews: map[string]*crew{}}
}

// known returns the ids of the replicas that should be there.
func (m *memory) known() []string {
	var ids []string
	for id := range m.heard {
		ids = append(ids, id)
	}
	return ids
}

// rolesAt returns the replicas that answered now, and those that did a moment ago. asked
// is false if they could not be asked: then nobody is missed, and replicas are counted
// anew from the next look on.
func (m *memory) rolesAt(at time.Time, asked bool, answered []bus.Replica) []Role {
	if !asked {
		clear(m.crews)
	}
	for _, r := range answered {
		if slices.Contains(m.goodbyes, r.ID) { // it answered before it stopped
			continue
		}
		if r.Started.IsZero() { // its figures did not arrive in time
			r.Started = m.heard[r.ID].replica.Started
		}
		m.heard[r.ID] = heard{r, at}
		m.last[r.Service] = at
	}
	byService := map[string][]Replica{}
	for id, h := range m.heard {
		if at.Sub(h.at) > silence {
			delete(m.heard, id)
			m.vanished(h.replica.Service, h, at)
			continue
		}
		byService[h.replica.Service] = append(byService[h.replica.Service], Replica{Replica: h.replica, Silent: h.at.Before(at)})
	}
	var list []Role
	for _, r := range roles.All() {
		all := append([]Replica{}, byService[r.Service]...) // a list, even if it is empty
		slices.SortFunc(all, func(a, b Replica) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
		list = append(list, Role{Role: r.Name, Replicas: all, LastHeard: m.last[r.Service], Lost: m.lostOf(r.Service, all, at)})
	}
	return list
}

// judged judges, and remembers when each problem was first seen.
func (m *memory) judged(s Snapshot) Verdict {
	v := judge(s, m.past)
	lasting := map[string]time.Time{}
	for i := range v.Problems {
		p := &v.Problems[i]
		first, ok := m.since[p.Key]
		if !ok {
			first = s.At
		}
		lasting[p.Key] = first
		if p.Since.IsZero() {
			p.Since = first
		}
	}
	m.since = lasting
	if v.Level != Good { // notes have a beginning, too, but nothing is wrong
		v.Since = v.Problems[0].Since
	}
	now := sample{s.At, map[string]uint64{}}
	for _, w := range s.Work {
		now.waiting[w.Name] = w.Waiting
	}
	m.past = append(slices.DeleteFunc(m.past, func(old sample) bool { return s.At.Sub(old.at) > remembered }), now)
	return v
}
