package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// eyes say who sees something: agents see notes, visitors don't.
type eyes int

const (
	visitorEyes eyes = iota
	agentEyes
)

// source is where an event was found; a set of bits.
type source int

const (
	inStream source = 1 << iota
	inStore
	toClient
)

// line is one event of a chat's log.
type line struct {
	history.Event // as in the stream, else as in the store, else as first received
	in            source
	stored        *history.Event // the store's, where it is not the same
	storedIn      string         // the region of that store
	settled       bool           // called a person for what a region that was given up left open

	told   time.Duration // when the first client received it
	teller history.Entry // that client's record, if nothing else is left of the event

	// prev is the event before it, and count the number of events up to and including
	// it, among those of the log that these eyes may see.
	prev  [2]uint64
	count [2]int
}

// durable reports whether the event is in the log, not only in a client's record.
func (l *line) durable() bool { return l.in&(inStream|inStore) != 0 }

// request reports whether the event is this request of the visitor's.
func (l *line) request(what string) bool {
	return l.Kind == "ask" && l.What == what && l.Role == "visitor"
}

// internal reports whether what an agent calls becomes an event that visitors don't see.
func internal(what string) bool {
	return what == "note" || what == "tag" || what == "untag" || what == "mark"
}

// visible says who may see which kind. It is the checker's own table, so that a slip in
// the product's is found; a kind that is in neither is for nobody.
func visible(e history.Event, by eyes) bool {
	switch e.Kind {
	case "message", "ask", "reply", "say", "state":
		return true
	case "note", "card":
		return by == agentEyes
	default:
		return false
	}
}

// chat is everything that is known about one chat.
type chat struct {
	id      string
	name    string  // of its visitor
	lines   []*line // ascending
	hearsay map[uint64]*line
	stored  []history.Event // until the logs are merged

	sends map[string]*sent    // the visitor's, by id
	calls map[calling]*sent   // the agents'
	acks  []ack               // in the order of time, once sealed
	most  [2][]uint64         // the highest sequence in acks up to and with each
	byID  map[[3]string]*line // role, user and id to the first event
}

// find returns the place of the first line at or above a sequence.
func (c *chat) find(seq uint64) (int, bool) {
	return slices.BinarySearchFunc(c.lines, seq, func(l *line, seq uint64) int { return cmp.Compare(l.Seq, seq) })
}

// at returns the event at a sequence, or nil.
func (c *chat) at(seq uint64) *line {
	if i, ok := c.find(seq); ok {
		return c.lines[i]
	}
	return nil
}

// upTo counts the events of the log up to a sequence.
func (c *chat) upTo(seq uint64, by eyes) int {
	i, ok := c.find(seq)
	if !ok {
		i--
	}
	if i < 0 {
		return 0
	}
	return c.lines[i].count[by]
}

// between returns the events of the log between two sequences.
func (c *chat) between(after, before uint64, by eyes) []*line {
	var found []*line
	i, _ := c.find(after + 1)
	for ; i < len(c.lines) && c.lines[i].Seq < before; i++ {
		if l := c.lines[i]; l.durable() && visible(l.Event, by) {
			found = append(found, l)
		}
	}
	return found
}

// hear records that a client received an event.
func (c *chat) hear(e history.Event, by history.Entry) {
	l := c.at(e.Seq)
	if l == nil {
		l = c.hearsay[e.Seq]
	}
	switch {
	case l == nil:
		by.Event, by.Events = &e, nil
		c.hearsay[e.Seq] = &line{Event: e, in: toClient, told: by.At, teller: by}
	case l.in&toClient == 0 || by.At < l.told:
		l.in, l.told = l.in|toClient, by.At
	}
}

// seal ends the collecting: it sorts the lines and links them.
func (c *chat) seal() {
	for _, l := range c.hearsay {
		c.lines = append(c.lines, l)
	}
	slices.SortFunc(c.lines, func(a, b *line) int { return cmp.Compare(a.Seq, b.Seq) })
	var last [2]uint64
	var n [2]int
	for _, l := range c.lines {
		for by := range last {
			l.prev[by] = last[by]
			if l.durable() && visible(l.Event, eyes(by)) {
				last[by] = l.Seq
				n[by]++
			}
			l.count[by] = n[by]
		}
		key := [3]string{l.Role, l.User, l.ID}
		if l.ID != "" && c.byID[key] == nil {
			c.byID[key] = l
		}
	}
	slices.SortStableFunc(c.acks, func(a, b ack) int { return cmp.Compare(a.at, b.at) })
	var most [2]uint64
	for _, a := range c.acks {
		most[agentEyes] = max(most[agentEyes], a.seq)
		if c.visitorSees(a) {
			most[visitorEyes] = max(most[visitorEyes], a.seq)
		}
		for by := range most {
			c.most[by] = append(c.most[by], most[by])
		}
	}
}

// visitorSees reports whether what was acknowledged is for the visitor, too.
func (c *chat) visitorSees(a ack) bool {
	if l := c.at(a.seq); l != nil {
		return visible(l.Event, visitorEyes)
	}
	call := c.calls[calling{a.user, a.id}]
	return a.role != "agent" || call == nil || !internal(call.what)
}

// acknowledged returns the highest sequence that was acknowledged to anybody before
// that time, of those that these eyes may see.
func (c *chat) acknowledged(before time.Duration, by eyes) uint64 {
	n, _ := slices.BinarySearchFunc(c.acks, before, func(a ack, t time.Duration) int { return cmp.Compare(a.at, t) })
	if n == 0 {
		return 0
	}
	return c.most[by][n-1]
}
