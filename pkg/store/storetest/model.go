package storetest

import (
	"cmp"
	"slices"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// model is a store that is too simple to be wrong: a list, looked through from
// end to end each time.
type model struct{ events []chat.Event }

func (m *model) put(events []chat.Event) {
	for _, e := range events {
		known := slices.ContainsFunc(m.events, func(k chat.Event) bool {
			return k.Chat == e.Chat && (k.Seq == e.Seq || k.ID != "" && k.ID == e.ID && k.From.Role == e.From.Role)
		})
		if !known {
			m.events = append(m.events, e)
		}
	}
}

// log returns the chat's events in order.
func (m *model) log(id chat.ID, keep func(chat.Event) bool) []chat.Event {
	var log []chat.Event
	for _, e := range m.events {
		if e.Chat == id && keep(e) {
			log = append(log, e)
		}
	}
	slices.SortFunc(log, func(a, b chat.Event) int { return int(int64(a.Seq) - int64(b.Seq)) })
	return log
}

func (m *model) page(q store.PageQuery) store.Page {
	log := m.log(q.Chat, func(e chat.Event) bool {
		return e.Kind.VisibleTo(cmp.Or(q.Reader, chat.RoleVisitor)) && (q.Before == 0 || e.Seq < q.Before)
	})
	if len(log) <= q.Limit {
		return store.Page{Events: log}
	}
	from := len(log) - q.Limit
	return store.Page{Events: log[from:], Prev: log[from-1].Seq}
}

func (m *model) lastOut(id chat.ID) (chat.Event, bool) {
	return last(m.log(id, func(e chat.Event) bool { return e.State != nil }))
}

func (m *model) lastCard(id chat.ID) (chat.Event, bool) {
	return last(m.log(id, func(e chat.Event) bool { return e.Card() != nil }))
}

// summary is false where the chat is in no list.
func (m *model) summary(id chat.ID) (store.Summary, bool) {
	end, ok := last(m.log(id, inSummary))
	if !ok {
		return store.Summary{}, false
	}
	s := store.Summary{Chat: id, Seq: end.Seq, At: end.At, Status: chat.WithBot}
	if e, ok := m.lastOut(id); ok {
		s.Status, s.Team = e.State.Is(), e.State.Team()
		if e.State.Agent != nil {
			s.Agent = e.State.Agent.Name
		}
	}
	words, _ := last(m.log(id, func(e chat.Event) bool {
		return inSummary(e) && e.Words() != ""
	}))
	s.Text = words.Words()
	if e, ok := m.lastCard(id); ok {
		s.Tags = e.Card().Tags
	}
	for _, e := range m.log(id, inSummary) {
		switch {
		case e.From.Role == chat.RoleVisitor && e.From.Name != "":
			s.Name = e.From.Name
		case e.State != nil && e.State.Visitor != "":
			s.Name = e.State.Visitor
		}
	}
	return s, true
}

// inSummary reports whether the event counts for the summary of its chat.
func inSummary(e chat.Event) bool { return e.Kind.VisibleTo(chat.RoleVisitor) }

func last(log []chat.Event) (chat.Event, bool) {
	if len(log) == 0 {
		return chat.Event{}, false
	}
	return log[len(log)-1], true
}
