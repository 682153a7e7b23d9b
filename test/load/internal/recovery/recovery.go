// Package recovery computes from a run's histories how long it took after each fault
// until everything that was waiting at that time was dealt with.
package recovery

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// reach is how long after a fault a message that is sent still counts as hit by it: the
// next write is the one that meets a lost leader.
const reach = time.Second

// Wait is the time of a message from when it was sent until it was dealt with.
type Wait struct {
	Sent time.Duration
	// Acked is when it was acknowledged, or seen in the chat; 0 if never.
	Acked time.Duration
	// Dealt is when a reply covered it, or a person was called or there; 0 if never.
	Dealt time.Duration

	seq uint64
	own bool // the client itself was disconnected meanwhile
}

// tooSlow is the close code for a client that does not read.
const tooSlow = 1013

// Waits returns the waits of the messages that a client sent, in their order. Those that
// were sent or answered while the client itself was disconnected or did not read are left
// out: they say nothing about the system.
func Waits(entries []history.Entry) []Wait {
	own := false           // the client disconnected on purpose
	var slow time.Duration // until when it does not read
	var waits []*Wait
	byID := map[string]*Wait{}
	through := 0 // waits[:through] are dealt with
	for _, e := range entries {
		switch e.Op {
		case history.Send:
			if e.What == "message" && byID[e.ID] == nil {
				byID[e.ID] = &Wait{Sent: e.At, own: own || e.At < slow}
				waits = append(waits, byID[e.ID])
			}
			own = false // it is back: what it could not send before, it sends now
		case history.End, history.Slow:
			if e.Op == history.Slow {
				slow = e.At + e.For
			}
			if own = e.Own || e.Close == tooSlow; own || e.Op == history.Slow {
				for _, w := range waits[through:] {
					w.own = true
				}
			}
		case history.Ack:
			if w := byID[e.ID]; w != nil && w.Acked == 0 {
				w.Acked, w.seq = e.At, e.Seq
			}
		case history.Told:
			ev := e.Event
			if w := byID[ev.ID]; w != nil && ev.Role == "visitor" && w.Acked == 0 {
				w.Acked, w.seq = e.At, ev.Seq
			}
			// A message that a person will read is dealt with when it is stored.
			withPerson := ev.Status == "waiting" || ev.Status == "live"
			for ; through < len(waits); through++ {
				w := waits[through]
				if w.seq == 0 || w.seq > ev.Through && !(withPerson && w.seq < ev.Seq) {
					break
				}
				w.Dealt = max(e.At, w.Acked)
			}
		}
	}
	out := make([]Wait, 0, len(waits))
	for _, w := range waits {
		if !w.own {
			out = append(out, *w)
		}
	}
	return out
}

// Recovery is how the system recovered from one fault.
type Recovery struct {
	Harm history.Harm
	// Hit is the number of messages that were waiting when it happened or were sent
	// within a second after it.
	Hit int
	// Accepted and Answered are the times from the fault until the last of them was
	// acknowledged and dealt with.
	Accepted, Answered time.Duration
	// Never is how many of them were never dealt with.
	Never int
	// Alone says that no other fault was active meanwhile, so that the times are due to
	// this one.
	Alone bool
}

// wake is how long after its end a fault may still have an effect.
const wake = 5 * time.Second

// alone reports whether no other fault was active between this one and the end of its
// recovery.
func alone(r Recovery, all []history.Harm) bool {
	end := max(r.Harm.Until, r.Harm.At+r.Answered)
	for _, h := range all {
		if h != r.Harm && h.At <= end && h.Until+wake >= r.Harm.At {
			return false
		}
	}
	return true
}

// Of returns the recovery from each fault, in the order of the faults.
func Of(harms []history.Harm, waits []Wait) []Recovery {
	waits = slices.Clone(waits)
	slices.SortFunc(waits, func(a, b Wait) int { return cmp.Compare(a.Sent, b.Sent) })
	out := make([]Recovery, 0, len(harms))
	for _, h := range harms {
		r := Recovery{Harm: h}
		for _, w := range waits {
			if w.Sent > h.At+reach {
				break
			}
			if w.Dealt != 0 && w.Dealt <= h.At {
				continue
			}
			r.Hit++
			r.Accepted = max(r.Accepted, w.Acked-h.At)
			r.Answered = max(r.Answered, w.Dealt-h.At)
			if w.Dealt == 0 {
				r.Never++
			}
		}
		r.Alone = alone(r, harms)
		out = append(out, r)
	}
	return out
}

// Row sums up the recoveries from one kind of fault.
type Row struct {
	Kind                     string
	Harms, Hit, Never, Alone int
	Accepted, Answered       []time.Duration
}

// ByKind sums recoveries up by the fault's kind and, for a replica's fault, its role,
// and sorts by that. With alone only those count that were alone.
func ByKind(all []Recovery, alone bool) []Row {
	byKind := map[string]*Row{}
	for _, r := range all {
		kind := kindOf(r.Harm)
		row := byKind[kind]
		if row == nil {
			row = &Row{Kind: kind}
			byKind[kind] = row
		}
		if r.Alone {
			row.Alone++
		}
		row.Harms++
		if alone && !r.Alone {
			continue
		}
		row.Hit += r.Hit
		row.Never += r.Never
		if r.Hit > 0 {
			row.Accepted, row.Answered = append(row.Accepted, r.Accepted), append(row.Answered, r.Answered)
		}
	}
	rows := make([]Row, 0, len(byKind))
	for _, row := range byKind {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Kind, b.Kind) })
	return rows
}

// kindOf is the fault's kind with the role of its target: "kill botworker".
func kindOf(h history.Harm) string {
	role, _, replica := strings.Cut(h.Target, "-")
	if !replica || role == "nats" || strings.Contains(h.Target, "/") {
		return h.Kind
	}
	return h.Kind + " " + role
}
