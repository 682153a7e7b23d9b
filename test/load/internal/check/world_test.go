package check

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// world is a minimal Parley that keeps its promises: it generates the histories that
// tests spoil.
type world struct {
	now     time.Duration
	seq     uint64
	rooms   map[string]*room
	clients []*sim
}

// room is a chat: its log, and the state that follows from it.
type room struct {
	id      string
	log     []history.Event
	status  string
	holder  *sim
	through uint64
	asks    uint64
	missed  uint64
	called  string
	tags    []string
	visit   uint64
	over    bool // what was stored last left it closed
}

func newWorld() *world { return &world{rooms: map[string]*room{}} }

func (w *world) tick() time.Duration {
	w.now += time.Millisecond
	return w.now
}

func (w *world) room(id string) *room {
	if w.rooms[id] == nil {
		w.rooms[id] = &room{id: id, status: withBot}
	}
	return w.rooms[id]
}

// store appends an event to a room's log and sends it to everyone who is watching.
func (w *world) store(r *room, e history.Event) uint64 {
	w.seq += 1 + w.seq%3
	e.Chat, e.Seq = r.id, w.seq
	e.At = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC).Add(w.tick()).Format(time.RFC3339Nano)
	if e.Kind == "reply" || e.Kind == "say" || e.Kind == "state" {
		e.Status, e.Through, e.Missed = r.status, r.through, r.missed
		e.Called = r.called
		if r.visit == 0 || r.over && r.status != closed {
			r.visit++
		}
		e.Visit, r.over = r.visit, r.status == closed
		if r.holder != nil {
			e.Agent = r.holder.title
		}
	}
	r.log = append(r.log, e)
	for _, s := range w.clients {
		if s.looks[r.id] {
			s.tell(r, e)
		}
	}
	return e.Seq
}

// run holds the evidence that the world leaves behind.
type run struct {
	stream, store []history.Event
	clients       map[string][]history.Entry
}

func (w *world) run() *run {
	r := &run{clients: map[string][]history.Entry{}}
	for _, id := range slices.Sorted(maps.Keys(w.rooms)) {
		r.stream = append(r.stream, w.rooms[id].log...)
	}
	r.store = slices.Clone(r.stream)
	for _, s := range w.clients {
		r.clients[s.name] = s.entries
	}
	return r
}

func (r *run) check(o Options) Report {
	return Check(History{Stream: r.stream, Store: r.store, Clients: maps.All(r.clients)}, o)
}

// sim is a client: a visitor's tab or a console.
type sim struct {
	w           *world
	name        string
	role, title string
	user        string
	room        *room // a visitor's
	conn        int
	looks       map[string]bool
	seen        map[string]uint64
	entries     []history.Entry
}

func (w *world) visitor(name, chat string) *sim {
	return w.client(&sim{name: name, role: "visitor", title: "Ada", room: w.room(chat)})
}

func (w *world) agent(user string) *sim {
	return w.client(&sim{name: user, role: "agent", title: strings.ToUpper(user), user: user})
}

func (w *world) client(s *sim) *sim {
	s.w, s.looks, s.seen = w, map[string]bool{}, map[string]uint64{}
	w.clients = append(w.clients, s)
	s.add(history.Entry{Op: history.Begin, Role: s.role, Name: s.title, User: s.user})
	return s
}

func (s *sim) add(e history.Entry) {
	e.At, e.Client, e.Conn = s.w.tick(), s.name, s.conn
	s.entries = append(s.entries, e)
}

func (s *sim) eyes() eyes {
	if s.role == "agent" {
		return agentEyes
	}
	return visitorEyes
}

// visible returns the events of a room's log that the client may see.
func (s *sim) visible(r *room) []history.Event {
	return slices.DeleteFunc(slices.Clone(r.log), func(e history.Event) bool { return !visible(e, s.eyes()) })
}

func (s *sim) tell(r *room, e history.Event) {
	if !visible(e, s.eyes()) {
		return
	}
	e = asSeen(e, s.eyes())
	e.Chat, e.Prev = "", s.seen[r.id]
	s.seen[r.id] = e.Seq
	s.add(history.Entry{Op: history.Told, Chat: r.id, Event: &e})
}

// connect opens a connection; a visitor says hello and is sent the events that it
// missed.
func (s *sim) connect() {
	s.conn++
	s.add(history.Entry{Op: history.Open, Gateway: "g1"})
	if s.room == nil {
		return
	}
	s.add(history.Entry{Op: history.Hello, Since: s.seen[s.room.id]})
	s.show(s.room, history.Entry{Op: history.Welcome})
}

// open has an agent watch a room.
func (s *sim) open(r *room) {
	s.add(history.Entry{Op: history.Watch, Chat: r.id, ID: "open", Since: s.seen[r.id]})
	s.show(r, history.Entry{Op: history.Watched, ID: "open"})
}

func (s *sim) show(r *room, opening history.Entry) {
	all := s.visible(r)
	opening.Chat, opening.Status = r.id, r.status
	if len(all) > 0 {
		opening.Seq = all[len(all)-1].Seq
	}
	missed := slices.DeleteFunc(all, func(e history.Event) bool { return e.Seq <= s.seen[r.id] })
	if s.seen[r.id] == 0 && len(missed) > firstPage {
		s.seen[r.id] = missed[len(missed)-firstPage-1].Seq
		missed = missed[len(missed)-firstPage:]
	}
	opening.More = s.seen[r.id] > 0
	s.add(opening)
	s.looks[r.id] = true
	for _, e := range missed {
		s.tell(r, e)
	}
}

// drop loses the connection.
func (s *sim) drop() {
	s.add(history.Entry{Op: history.End})
	s.looks = map[string]bool{}
}

// page requests events before a sequence.
func (s *sim) page(r *room, before uint64, limit int) {
	s.add(history.Entry{Op: history.Ask, Chat: r.id, ID: "page", Before: before, Limit: limit})
	all := slices.DeleteFunc(s.visible(r), func(e history.Event) bool { return before != 0 && e.Seq >= before })
	events, prev := []history.Event{}, uint64(0)
	for i, e := range all {
		e = asSeen(e, s.eyes())
		e.Chat, e.Prev, prev = "", prev, e.Seq
		if i >= len(all)-limit {
			events = append(events, e)
		}
	}
	s.add(history.Entry{Op: history.Page, Chat: r.id, ID: "page", Events: events, More: len(all) > limit})
}
