package escalation

import (
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// digest is what decisions need to know of a chat's events after the last request that
// was decided, other than the requests among them that are accepted.
type digest struct {
	through   uint64    // the last event
	lastAt    time.Time // its time
	lastInput uint64    // the last event of a kind that is an input
	visitor   string    // the visitor's name; "" if no event has it
	spoke     bool      // the agent spoke, since the last change
	wrote     uint64    // the last message or request for a person of the visitor's
	waits     time.Time // since when a message of the visitor's waits for the agent; zero: none does
}

// with is the digest with further events, in the log's order.
func (d digest) with(events []chat.Event) digest {
	for _, e := range events {
		d.through, d.lastAt = e.Seq, e.At
		if e.IsHint() {
			d.lastInput = e.Seq
		}
		if e.From.Role == chat.RoleVisitor && e.From.Name != "" {
			d.visitor = e.From.Name
		}
		if e.Kind == chat.Message || e.Kind == chat.Request && e.Request == chat.Escalate && e.From.Role == chat.RoleVisitor {
			d.wrote = e.Seq
		}
		switch {
		case e.Kind == chat.Say:
			d.spoke, d.waits = true, time.Time{}
		case e.Kind == chat.StateChange:
			d.spoke = false
		case e.Kind == chat.Message && d.waits.IsZero():
			d.waits = e.At
		}
	}
	return d
}

// digests remembers the events that were read for decisions, so that none is read twice
// by this replica: a visitor may press "cancel" ever again in a chat of thousands of
// messages, and a request that is refused is not recorded in the state.
//
// An entry says two things of the events up to its end: their digest, and that no request
// among them is accepted. The second depends on nothing but what basis has of the state
// (and on AnsweredThrough, which only grows, and only makes accept refuse more), so it
// holds for as long as that is the same, whatever else was stored; another basis makes the
// entry void. A replica that has forgotten reads again, and finds the same. It may be
// used concurrently.
type digests struct {
	mu         sync.Mutex // guards what follows
	young, old map[chat.ID]remembered
}

type remembered struct {
	basis  basis
	digest digest
}

// basis is what accept looks at in a state.
type basis struct {
	status   chat.Status
	handover bool
	requests uint64
}

func basisOf(s chat.State) basis { return basis{s.Is(), s.Handover, s.RequestsThrough} }

// maxDigests bounds each half of digests; an entry takes some 200 bytes. When the young
// half is full, the old one is forgotten.
const maxDigests = 1 << 13

// of returns what is known of the events of the chat in that state; the zero digest if
// nothing is.
func (m *digests) of(id chat.ID, s chat.State) digest {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.young[id]
	if !ok {
		r = m.old[id]
	}
	if r.basis != basisOf(s) {
		return digest{}
	}
	return r.digest
}

// keep remembers a view, none of whose requests is accepted.
func (m *digests) keep(id chat.ID, v view) {
	if len(v.events) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= maxDigests || m.young == nil {
		m.young, m.old = map[chat.ID]remembered{}, m.young
	}
	m.young[id] = remembered{basisOf(v.State), v.all()}
}
