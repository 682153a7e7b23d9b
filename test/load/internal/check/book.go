package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// book is everything that is known about a run while it is checked.
type book struct {
	opts   Options
	chats  map[string]*chat
	found  findings
	counts Counts
	duty   duties
	signed map[string]map[string]bool // what tokens of the site said of each visitor
	// began is roughly when the run began, by the streams' clock.
	began time.Time
	// ended is when the last event of the run was stored.
	ended time.Time
}

func newBook(o Options) *book {
	return &book{opts: o, duty: duties{}, signed: map[string]map[string]bool{}, chats: map[string]*chat{}, found: findings{first: map[[2]string]*Violation{}}}
}

func (b *book) chat(id string) *chat {
	c := b.chats[id]
	if c == nil {
		c = &chat{id: id, hearsay: map[uint64]*line{}, sends: map[string]*sent{}, calls: map[calling]*sent{}, byID: map[[3]string]*line{}}
		b.chats[id] = c
	}
	return c
}

// readLogs takes the streams' and the store's events.
func (b *book) readLogs(stream, store []history.Event) {
	b.counts.Stream, b.counts.Store = len(stream), len(store)
	b.ended = endOf(stream)
	for _, e := range stream {
		c := b.chat(e.Chat)
		c.lines = append(c.lines, &line{Event: e, in: inStream})
	}
	for _, e := range store {
		c := b.chat(e.Chat)
		c.stored = append(c.stored, e)
	}
	for _, c := range b.chats {
		b.merge(c)
	}
}

// merge makes one log of a chat's two.
func (b *book) merge(c *chat) {
	slices.SortStableFunc(c.lines, func(x, y *line) int { return cmp.Compare(x.Seq, y.Seq) })
	c.lines = slices.CompactFunc(c.lines, func(x, y *line) bool {
		if x.Seq == y.Seq {
			b.listedTwice(c, "stream", x.Event, y.Event)
		}
		return x.Seq == y.Seq
	})
	slices.SortStableFunc(c.stored, func(x, y history.Event) int { return cmp.Compare(x.Seq, y.Seq) })
	c.stored = slices.CompactFunc(c.stored, func(x, y history.Event) bool {
		if x.Seq == y.Seq {
			b.listedTwice(c, "store", x, y)
		}
		return x.Seq == y.Seq
	})
	var only []*line
	for _, e := range c.stored {
		l := c.at(e.Seq)
		if l == nil {
			only = append(only, &line{Event: e, in: inStore})
			continue
		}
		l.in, l.storedIn = l.in|inStore, e.Region
		if b.opts.Old && e.Visit == 0 { // an earlier history worker did not know of visits
			e.Visit = l.Visit
		}
		if difference(l.Event, e) != "" {
			l.stored = &e
		}
	}
	c.lines = append(c.lines, only...)
	slices.SortFunc(c.lines, func(x, y *line) int { return cmp.Compare(x.Seq, y.Seq) })
	c.stored = nil
}

func (b *book) listedTwice(c *chat, where string, x, y history.Event) {
	b.found.add(ListedTwice, c.id, func() []history.Entry {
		return []history.Entry{b.entryOf(where, c.id, x), b.entryOf(where, c.id, y)}
	}, "the %s holds event %d twice", where, x.Seq)
}

// seal ends the collecting.
func (b *book) seal() {
	b.counts.Chats = len(b.chats)
	for _, c := range b.chats {
		b.counts.ToldAndNotInLog += len(c.hearsay)
		c.seal()
		for _, l := range c.lines {
			if l.in&toClient == 0 {
				continue
			}
			// Nobody sees an event before it is stored; the fastest delivery shows
			// best when the run began.
			if at, err := time.Parse(time.RFC3339Nano, l.At); err == nil {
				if began := at.Add(-l.told); began.After(b.began) {
					b.began = began
				}
			}
		}
	}
}
