package check

import (
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// Options say what is known about a run. The zero value is ready to use.
type Options struct {
	// Purged says that the streams were purged during the run, so that their
	// beginnings may be in the store only.
	Purged bool
	// Old says that replicas of an earlier version took part, which drop from a chat's state
	// what they don't know: then its visits are counted anew.
	Old bool
	// Homes are all homes of the chats that were moved, in order.
	Homes map[string][]string
	// Capacity is how many chats an agent may have at once; 0: not known.
	Capacity int
	// Teams are the teams of the run, the earliest first; empty: there were none.
	Teams []history.Teams
	// Fetched is what the files of messages were like at the end; nil: nobody looked.
	Fetched map[fileOf]history.Fetched
	// Audit is the audit log. Audited says that every replica wrote one.
	Audit   []history.AuditLine
	Audited bool
	// Harms are the faults that were injected.
	Harms []history.Harm
	// Grace is how long before a client's end another client's message must have been
	// acknowledged for the client to have to see it. 0 means 30 s, within which a
	// gateway finds what it lost.
	Grace time.Duration
}

// History is a run in memory.
type History struct {
	Stream, Store []history.Event
	// Clients yields each client's entries in the order in which it made them. It is
	// iterated twice, one client at a time, so a long history need not fit into
	// memory.
	Clients iter.Seq2[string, []history.Entry]
}

// Check reports the broken promises.
func Check(h History, o Options) Report {
	if o.Grace == 0 {
		o.Grace = 30 * time.Second
	}
	b := newBook(o)
	b.readLogs(h.Stream, h.Store)
	for name, entries := range h.Clients {
		b.collect(name, entries)
	}
	b.seal()
	for name, entries := range h.Clients {
		b.watch(name, entries)
		b.mentioned(entries)
		b.audited(entries)
	}
	for _, id := range slices.Sorted(maps.Keys(b.chats)) {
		c := b.chats[id]
		b.stored(c)
		b.attached(c)
		b.atHome(c)
		b.accepted(c)
		b.doubled(c)
		b.sentAsStored(c)
		b.life(c)
		b.cards(c)
		b.vouched(c)
		b.rated(c)
		b.saidOver(c)
		b.handed(c)
	}
	b.capacities()
	b.teams()
	b.chained()
	return b.report()
}
