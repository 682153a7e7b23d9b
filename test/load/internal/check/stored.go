package check

import "github.com/parley-chat/parley/test/load/internal/history"

// shortID is the length of an id without the name of a region behind it.
const shortID = 16

// movesFrom is the bit of a sequence from which on it counts how often its chat was moved before.
const movesFrom = 44

// atHome checks that each event stands where its chat is at home.
func (b *book) atHome(c *chat) {
	path := b.opts.Homes[c.id]
	if len(path) == 0 {
		path = []string{c.id[min(len(c.id), shortID):]}
	}
	for _, l := range c.lines {
		// Each move begins with a sequence of its own. The stores of earlier homes may have what
		// came before it, as well: only the last one must.
		then := path[min(l.Seq>>movesFrom, uint64(len(path)-1))]
		now := path[len(path)-1]
		show := func() []history.Entry { return evidence(b.ofEvent(c, l)) }
		for _, of := range [][2]string{{l.Region, then}, {l.storedIn, now}} {
			if at, home := of[0], of[1]; at != "" && at != home {
				b.found.add(Elsewhere, c.id, show, "the %s %d stands in the region %s, and the chat is at home in %q", l.Kind, l.Seq, at, home)
				break
			}
		}
	}
}

// stored checks that the stream and the store hold the same events.
func (b *book) stored(c *chat) {
	kept := b.keptFrom(c)
	for _, l := range c.lines {
		show := func() []history.Entry { return evidence(b.ofEvent(c, l)) }
		switch {
		case !l.durable():
		case l.in&inStore == 0:
			b.found.add(StoreLacks, c.id, show, "the %s %d is in the stream and not in the store", l.Kind, l.Seq)
		case l.in&inStream == 0 && l.Seq >= kept:
			b.found.add(StreamLacks, c.id, show, "the %s %d is in the store and not in the stream", l.Kind, l.Seq)
		case l.stored != nil:
			b.found.add(Differs, c.id, show, "event %d is not the same in the stream and in the store: %s", l.Seq, difference(l.Event, *l.stored))
		}
	}
}

// keptFrom is the sequence from which the stream must hold the chat. A purge removes a
// beginning, so everything after the first event that is left must be there.
func (b *book) keptFrom(c *chat) uint64 {
	if !b.opts.Purged {
		return 0
	}
	for _, l := range c.lines {
		if l.in&inStream != 0 {
			return l.Seq
		}
	}
	return ^uint64(0)
}
