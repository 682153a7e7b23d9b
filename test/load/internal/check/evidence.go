package check

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// mostEvidence is the number of entries that are shown for one violation.
const mostEvidence = 20

// entryOf makes an entry from an event in the stream or the store.
func (b *book) entryOf(where, chat string, e history.Event) history.Entry {
	entry := history.Entry{Client: where, Op: history.Told, Chat: chat, Event: &e}
	if at, err := time.Parse(time.RFC3339Nano, e.At); err == nil && !b.began.IsZero() {
		entry.At = max(0, at.Sub(b.began))
	}
	return entry
}

// ofLine shows where an event stands.
func (b *book) ofLine(c *chat, l *line) []history.Entry {
	switch {
	case l == nil:
		return nil
	case l.stored != nil:
		return []history.Entry{b.entryOf("stream", c.id, l.Event), b.entryOf("store", c.id, *l.stored)}
	case l.in&inStream != 0:
		return []history.Entry{b.entryOf("stream", c.id, l.Event)}
	case l.in&inStore != 0:
		return []history.Entry{b.entryOf("store", c.id, l.Event)}
	default:
		return []history.Entry{l.teller}
	}
}

func (b *book) ofLines(c *chat, lines ...*line) (all []history.Entry) {
	for _, l := range lines {
		all = append(all, b.ofLine(c, l)...)
	}
	return all
}

// ofEvent shows where an event stands, who sent it, and what was acknowledged.
func (b *book) ofEvent(c *chat, l *line) []history.Entry {
	if l == nil {
		return nil
	}
	all := b.ofLine(c, l)
	if s := c.origin(l); s != nil {
		all = append(all, ofSent(c, l.ID, s)...)
	}
	return append(all, ofAcks(c, func(a ack) bool { return a.seq == l.Seq })...)
}

// ofSent shows the first two times and the last that a frame was sent.
func ofSent(c *chat, id string, s *sent) (all []history.Entry) {
	if s == nil {
		return nil
	}
	for i, t := range s.tries {
		if i < 2 || i == len(s.tries)-1 {
			all = append(all, history.Entry{At: t.at, Client: s.client, Op: s.op, Conn: t.conn, Chat: c.id, ID: id, What: s.what, Text: s.text, Again: t.again})
		}
	}
	return all
}

// ofAcks shows acknowledgements, three at most.
func ofAcks(c *chat, which func(ack) bool) (all []history.Entry) {
	for _, a := range c.acks {
		if which(a) && len(all) < 3 {
			all = append(all, history.Entry{At: a.at, Client: a.client, Op: history.Ack, Conn: a.conn, Chat: c.id, ID: a.id, Seq: a.seq})
		}
	}
	return all
}

// evidence sorts entries by time and drops duplicates. The parts come in the order of
// their weight: if there are too many entries, the last ones are left out.
func evidence(parts ...[]history.Entry) []history.Entry {
	var all []history.Entry
	for _, e := range slices.Concat(parts...) {
		if len(all) < mostEvidence && !slices.ContainsFunc(all, func(known history.Entry) bool { return reflect.DeepEqual(known, e) }) {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y history.Entry) int {
		return cmp.Or(cmp.Compare(x.At, y.At), cmp.Compare(seqOf(x), seqOf(y)))
	})
	return all
}
