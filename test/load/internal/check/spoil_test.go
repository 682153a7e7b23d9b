package check

import (
	"fmt"
	"slices"
	"testing"

	"github.com/parley-chat/parley/test/load/internal/history"
)

const chatA = "chat-a"

// nth returns the nth matching event (from 0) of chat A, as the log has it.
func (r *run) nth(t *testing.T, n int, fits func(history.Event) bool) history.Event {
	t.Helper()
	for _, e := range r.stream {
		if e.Chat == chatA && fits(e) {
			if n == 0 {
				return e
			}
			n--
		}
	}
	t.Fatal("there is no such event to spoil")
	return history.Event{}
}

func (r *run) id(t *testing.T, id string) history.Event {
	t.Helper()
	return r.nth(t, 0, func(e history.Event) bool { return e.ID == id })
}

func (r *run) kind(t *testing.T, kind string, n int) history.Event {
	t.Helper()
	return r.nth(t, n, func(e history.Event) bool { return e.Kind == kind })
}

func (r *run) reason(t *testing.T, reason string) history.Event {
	t.Helper()
	return r.nth(t, 0, func(e history.Event) bool { return e.Reason == reason })
}

// everywhere changes an event of chat A in every place where it is stored or was
// received.
func (r *run) everywhere(seq uint64, change func(*history.Event)) {
	each := func(events []history.Event) {
		for i := range events {
			if events[i].Seq == seq {
				spoil(&events[i], change)
			}
		}
	}
	each(r.stream)
	each(r.store)
	for _, entries := range r.clients {
		for i := range entries {
			if e := &entries[i]; e.Chat == chatA {
				each(e.Events)
				if e.Event != nil && e.Event.Seq == seq {
					spoil(e.Event, change)
				}
			}
		}
	}
}

// spoil changes an event, of which nothing but a fault about visits changes the visit.
func spoil(e *history.Event, change func(*history.Event)) {
	visit := e.Visit
	if change(e); e.Visit == 0 {
		e.Visit = visit
	}
}

// insert inserts an event into chat A's log right after another one, at a free
// sequence, and sends it to everyone. It returns its sequence.
func (r *run) insert(after uint64, e history.Event) uint64 {
	e.Chat, e.Seq = chatA, after+1
	for _, before := range r.stream {
		if e.Status != "" && before.Chat == chatA && before.Seq <= after && before.Visit > 0 {
			e.Visit = before.Visit
		}
	}
	for _, other := range r.stream {
		if other.Seq == e.Seq { // make room
			r.shift(e.Seq)
			break
		}
	}
	for _, other := range r.stream {
		if other.Chat == chatA && other.Seq == after {
			e.At = other.At
		}
	}
	add := func(events []history.Event) []history.Event {
		i := slices.IndexFunc(events, func(o history.Event) bool { return o.Chat == chatA && o.Seq == after })
		return slices.Insert(events, i+1, e)
	}
	r.stream, r.store = add(r.stream), add(r.store)
	for name, entries := range r.clients {
		by := visitorEyes
		if entries[0].Role == "agent" {
			by = agentEyes
		}
		var all []history.Entry
		for _, entry := range entries {
			if entry.Chat == chatA && visible(e, by) {
				entry.Events = tellAfter(entry.Events, after, asSeen(e, by))
				if entry.Event != nil && entry.Event.Prev == after {
					told := *entry.Event
					told.Prev, entry.Event = e.Seq, &told
				}
			}
			all = append(all, entry)
			if entry.Chat == chatA && entry.Event != nil && entry.Event.Seq == after && visible(e, by) {
				told := asSeen(e, by)
				told.Chat, told.Prev = "", after
				entry.Event = &told
				all = append(all, entry)
			}
		}
		r.clients[name] = all
	}
	return e.Seq
}

func tellAfter(events []history.Event, after uint64, e history.Event) []history.Event {
	e.Chat, e.Prev = "", after
	for i := range events {
		if events[i].Prev == after {
			events[i].Prev = e.Seq
		}
	}
	if i := slices.IndexFunc(events, func(o history.Event) bool { return o.Seq == after }); i >= 0 {
		events = slices.Insert(slices.Clone(events), i+1, e)
	}
	return events
}

// shift adds one to all sequences from the given one on.
func (r *run) shift(from uint64) {
	up := func(seq *uint64) {
		if *seq >= from {
			*seq++
		}
	}
	event := func(e *history.Event) {
		up(&e.Seq)
		up(&e.Prev)
		up(&e.Through)
		up(&e.Missed)
		var of uint64
		if n, _ := fmt.Sscanf(e.ID, "handover-%d", &of); n == 1 {
			up(&of)
			e.ID = fmt.Sprintf("handover-%d", of)
		}
	}
	for _, events := range [][]history.Event{r.stream, r.store} {
		for i := range events {
			event(&events[i])
		}
	}
	for _, entries := range r.clients {
		for i := range entries {
			e := &entries[i]
			up(&e.Seq)
			up(&e.Since)
			up(&e.Before)
			if e.Event != nil {
				event(e.Event)
			}
			for j := range e.Events {
				event(&e.Events[j])
			}
		}
	}
}

// find returns the index of a client's first matching entry.
func (r *run) find(t *testing.T, client string, fits func(history.Entry) bool) int {
	t.Helper()
	i := slices.IndexFunc(r.clients[client], fits)
	if i < 0 {
		t.Fatal("there is no such entry to spoil")
	}
	return i
}

// told returns the index of the entry in which a client received an event.
func (r *run) told(t *testing.T, client string, seq uint64) int {
	t.Helper()
	return r.find(t, client, func(e history.Entry) bool { return e.Event != nil && e.Event.Seq == seq })
}

func (r *run) op(t *testing.T, client string, op history.Op, n int) int {
	t.Helper()
	return r.find(t, client, func(e history.Entry) bool {
		if e.Op == op {
			n--
		}
		return n < 0
	})
}

// forget removes one of a client's entries.
func (r *run) forget(client string, i int) {
	r.clients[client] = slices.Delete(slices.Clone(r.clients[client]), i, i+1)
}

func without(events []history.Event, seq uint64) []history.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e history.Event) bool { return e.Seq == seq })
}

// unanswer removes the last event of chat A everywhere.
func (r *run) unanswer(last uint64) {
	r.stream, r.store = without(r.stream, last), without(r.store, last)
	for name, entries := range r.clients {
		r.clients[name] = slices.DeleteFunc(slices.Clone(entries), func(e history.Entry) bool { return e.Event != nil && e.Event.Seq == last })
	}
}
