package check

import (
	"cmp"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// wish is a request of a client that is not answered yet.
type wish struct {
	at    int // the entry
	conn  int
	chat  string // of a watch or page
	id    string
	since uint64
}

// place is a client's view of a chat, across connections.
type place struct {
	conn int
	chat string
}

// view is what a client received of a chat after one welcome (or watched).
type view struct {
	place
	opened int      // the entry that opened it
	since  []uint64 // what was requested; several if it is unclear which was answered
	told   []int    // entries
}

// client is one client's entries while they are checked.
type client struct {
	*book
	name    string
	entries []history.Entry
	by      eyes

	hellos, watches, pages []wish
	views                  map[place]*view
	left                   map[string]bool   // chats that are no longer watched
	frames                 map[calling]bool  // by chat and id
	sentIn                 map[string]string // the chat of an id
	// per chat:
	seen  map[string]uint64  // the highest sequence that it received
	owned map[string]uint64  // the highest sequence that was acknowledged to it
	last  map[string]int     // the entry that opened the view that it has now
	order map[string][]*line // what it sent, in the order of first sending, where it stands in the log
}

// watch reads a client's entries and checks what it received.
func (b *book) watch(name string, entries []history.Entry) {
	c := &client{
		book: b, name: name, entries: entries, views: map[place]*view{}, left: map[string]bool{}, frames: map[calling]bool{}, sentIn: map[string]string{},
		seen: map[string]uint64{}, owned: map[string]uint64{}, last: map[string]int{}, order: map[string][]*line{},
	}
	if beginOf(entries).Role == "agent" {
		c.by = agentEyes
	}
	for i := range entries {
		c.entry(i)
	}
	for _, p := range sortedPlaces(c.views) {
		c.closeView(p)
	}
	c.sender()
}

func (c *client) entry(i int) {
	e := &c.entries[i]
	at := place{e.Conn, e.Chat}
	switch e.Op {
	case history.Open:
		if c.by == agentEyes { // a console that comes back chooses again what it watches
			clear(c.last)
		}
	case history.Hello:
		c.hellos = append(c.hellos, wish{at: i, conn: e.Conn, since: e.Since})
	case history.Welcome:
		for _, p := range sortedPlaces(c.views) { // one chat at a time
			if p.conn == e.Conn {
				c.closeView(p)
			}
		}
		clear(c.last)
		c.open(i, at, answered(&c.hellos, func(w wish) bool { return w.conn == e.Conn }))
	case history.Watch:
		delete(c.left, e.Chat)
		c.watches = append(c.watches, wish{at: i, conn: e.Conn, chat: e.Chat, id: e.ID, since: e.Since})
	case history.Watched:
		c.closeView(at)
		c.open(i, at, answered(&c.watches, func(w wish) bool { return w.conn == e.Conn && w.chat == e.Chat && w.id == e.ID }))
	case history.Leave:
		c.left[e.Chat] = true
	case history.Told:
		c.told(i, at)
	case history.Send, history.Call:
		c.sent(e)
	case history.Ack:
		c.ack(i)
	case history.Error:
		same := func(w wish) bool { return w.conn == e.Conn && w.id == e.ID }
		// A hello has no id, so a refusal can't be matched to one.
		if _, ok := first(&c.pages, same); !ok {
			first(&c.watches, same)
		}
	case history.Ask:
		c.pages = append(c.pages, wish{at: i, conn: e.Conn, chat: e.Chat, id: e.ID})
	case history.Page:
		asked, ok := first(&c.pages, func(w wish) bool { return w.conn == e.Conn && w.id == e.ID })
		if !ok {
			c.unasked(i, "a page that it did not ask for")
			return
		}
		c.page(asked.at, i)
	case history.End:
		for _, p := range sortedPlaces(c.views) {
			if p.conn == e.Conn {
				c.closeView(p)
			}
		}
		gone := func(w wish) bool { return w.conn == e.Conn }
		c.hellos, c.watches, c.pages = slices.DeleteFunc(c.hellos, gone), slices.DeleteFunc(c.watches, gone), slices.DeleteFunc(c.pages, gone)
	case history.Done:
		c.done(i)
	}
}

// first takes the oldest matching wish off the list.
func first(list *[]wish, fits func(wish) bool) (wish, bool) {
	i := slices.IndexFunc(*list, fits)
	if i < 0 {
		return wish{}, false
	}
	w := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return w, true
}

// answered takes all matching wishes off the list. Which of several was answered is not
// known; the answer need not have what only a later one asked for.
func answered(list *[]wish, fits func(wish) bool) []wish {
	var all []wish
	for {
		w, ok := first(list, fits)
		if !ok {
			return all
		}
		all = append(all, w)
	}
}

// open begins a view.
func (c *client) open(i int, at place, asked []wish) {
	if len(asked) == 0 {
		c.unasked(i, "a welcome that it did not ask for")
	}
	v := &view{place: at, opened: i}
	for _, w := range asked {
		v.since = append(v.since, w.since)
	}
	c.views[at] = v
	c.last[at.chat] = i
	if len(asked) > 0 {
		c.fresh(asked[0].at, i)
	}
}

func (c *client) closeView(at place) {
	if v := c.views[at]; v != nil {
		delete(c.views, at)
		c.seenInOrder(v)
	}
}

func (c *client) told(i int, at place) {
	e := &c.entries[i]
	if e.Event == nil {
		return
	}
	c.shown(i, *e.Event)
	v := c.views[at]
	if v == nil {
		c.unasked(i, "an event of a chat that it does not look at")
		return
	}
	if !visible(*e.Event, c.by) {
		return // reported already, and no part of the view
	}
	v.told = append(v.told, i)
}

// ack checks that the client sent what is acknowledged to it.
func (c *client) ack(i int) {
	e := &c.entries[i]
	in := cmp.Or(e.Chat, c.sentIn[e.ID])
	if !c.frames[calling{in, e.ID}] {
		c.unasked(i, "an acknowledgement of what it did not send")
		return
	}
	c.owned[in] = max(c.owned[in], e.Seq)
}

func (c *client) unasked(i int, what string) {
	e := c.entries[i]
	c.found.add(Unasked, e.Chat, func() []history.Entry { return evidence([]history.Entry{e}) }, "%s was given %s (%s %d)", c.name, what, e.ID, seqOf(e))
}

// seqOf is the sequence that an entry carries.
func seqOf(e history.Entry) uint64 {
	if e.Event != nil {
		return e.Event.Seq
	}
	return e.Seq
}

// ofPast shows the entries at these indexes.
func (c *client) ofPast(places ...int) (all []history.Entry) {
	for _, i := range places {
		all = append(all, c.entries[i])
	}
	return all
}

func (c *client) time(i int) time.Duration { return c.entries[i].At }
