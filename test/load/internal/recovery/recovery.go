// Package recovery tells from a run's histories how long it took after each harm
// until everything that waited when it happened was dealt with.
package recovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// reach is how long after a harm a message may be sent and still count as hit by
// it: a lost leader is met by what is written next.
const reach = time.Second

// Wait is a message from when it was sent until what became of it.
type Wait struct {
	Sent time.Duration
	// Acked is when it was acknowledged, or seen in the chat; 0 if never.
	Acked time.Duration
	// Dealt is when a reply covered it, or a person was called or there; 0 if never.
	Dealt time.Duration

	seq uint64
}

// Waits returns the waits of the messages that a client sent, in their order.
func Waits(entries []history.Entry) []Wait {
	var waits []*Wait
	byID := map[string]*Wait{}
	through := 0 // waits[:through] are dealt with
	for _, e := range entries {
		switch e.Op {
		case history.Send:
			if e.What == "message" && byID[e.ID] == nil {
				byID[e.ID] = &Wait{Sent: e.At}
				waits = append(waits, byID[e.ID])
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
	out := make([]Wait, len(waits))
	for i, w := range waits {
		out[i] = *w
	}
	return out
}

// Recovery is how the system got over one harm.
type Recovery struct {
	Harm history.Harm
	// Hit is how many messages waited when it happened or were sent within a
	// second of it.
	Hit int
	// Accepted and Answered are how long after the harm the last of them was
	// acknowledged and dealt with.
	Accepted, Answered time.Duration
	// Never is how many of them were never dealt with.
	Never int
}

// Of returns the recovery from each harm, in the order of the harms.
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
		out = append(out, r)
	}
	return out
}

// Row sums up the recoveries from one kind of harm.
type Row struct {
	Kind               string
	Harms, Hit, Never  int
	Accepted, Answered []time.Duration
}

// ByKind sums recoveries up, by the harm's kind, sorted by it.
func ByKind(all []Recovery) []Row {
	byKind := map[string]*Row{}
	for _, r := range all {
		row := byKind[r.Harm.Kind]
		if row == nil {
			row = &Row{Kind: r.Harm.Kind}
			byKind[r.Harm.Kind] = row
		}
		row.Harms++
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
