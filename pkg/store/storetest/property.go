package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// agreesWithModel puts random logs in random batches, in random order and with
// repetitions, and asks random questions between. Every round has new chats.
// Some rounds share a store, so that there are strangers' chats in it; not all,
// because a store without indexes gets slower with each.
func agreesWithModel(t *testing.T, open func(*testing.T) store.Store) {
	const share = 2
	var s store.Store
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		if round%share == 0 {
			s = open(t)
		}
		round++
		compare(rt, s)
	})
}

// compare is one round.
func compare(t *rapid.T, s store.Store) {
	ids := []chat.ID{chat.NewID(), chat.NewID()}
	events := drawEvents(t, ids)
	var m model
	for range rapid.IntRange(1, 4).Draw(t, "batches") {
		batch := rapid.SliceOfN(rapid.SampledFrom(events), 0, 15).Draw(t, "batch")
		if err := s.Put(t.Context(), batch); err != nil {
			t.Fatalf("put %d events: %v", len(batch), err)
		}
		m.put(batch)
		ask(t, s, &m, rapid.SampledFrom(ids).Draw(t, "chat"))
	}
	m.put(events)
	if err := s.Put(t.Context(), events); err != nil {
		t.Fatalf("put all %d events: %v", len(events), err)
	}
	for _, id := range ids {
		ask(t, s, &m, id)
	}
	askList(t, s, &m, ids)
}

// drawEvents draws two chats' logs. Few client ids go round, so that some are
// sent again under another sequence.
func drawEvents(t *rapid.T, ids []chat.ID) []chat.Event {
	kinds := rapid.SampledFrom(append(chat.Kinds(), chat.Message))
	texts := rapid.OneOf(rapid.SampledFrom([]string{"", "hi", "$x.y", "שלום"}), rapid.StringN(0, 60, -1))
	var events []chat.Event
	for _, id := range ids {
		for seq := range uint64(rapid.IntRange(0, 12).Draw(t, "events")) {
			e := chat.Event{Chat: id, Seq: 1 + seq*seq, Kind: kinds.Draw(t, "kind"), Text: texts.Draw(t, "text")}
			e.At = start.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "at")))
			if n := rapid.IntRange(0, 8).Draw(t, "id"); n > 0 {
				e.ID = fmt.Sprint(n)
			}
			switch {
			case e.Kind.IsInput():
				e.From = chat.Speaker{Role: chat.RoleVisitor, Name: texts.Draw(t, "name")}
			case e.Kind == chat.Reply || e.Kind == chat.StateChange:
				e.From = chat.Speaker{Role: chat.RoleBot}
			default:
				e.From = chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace"}
			}
			if e.Kind.CarriesState() {
				e.State = drawState(t, texts)
			}
			if team := rapid.SampledFrom([]string{"", "", "Billing"}).Draw(t, "for team"); e.Kind.IsInput() && team != "" {
				e.Parts = &chat.Parts{Team: team}
			}
			if e.Kind == chat.CardChange {
				e.Parts = &chat.Parts{Card: &chat.Card{Tags: rapid.SampledFrom([][]string{nil, {"refund"}, {"VIP", "שלום"}}).Draw(t, "tags"), Title: texts.Draw(t, "title")}}
			}
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return []chat.Event{message(ids[0], 1, "never nothing")}
	}
	return events
}

func drawState(t *rapid.T, texts *rapid.Generator[string]) *chat.State {
	s := chat.State{
		Status:          rapid.SampledFrom([]chat.Status{"", chat.WithBot, chat.Waiting, chat.Live, chat.Closed}).Draw(t, "status"),
		AnsweredThrough: rapid.Uint64Range(0, 1<<63-1).Draw(t, "through"),
		Visitor:         texts.Draw(t, "visitor"),
		Handover:        rapid.Bool().Draw(t, "handover"),
		Named:           rapid.Bool().Draw(t, "named"),
		Visit:           rapid.Uint64Range(0, 3).Draw(t, "visit"),
	}
	if s.Status == chat.Live {
		s.Agent = &chat.Agent{User: "grace", Name: texts.Draw(t, "agent")}
		s.Since = start.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "since")))
	}
	if rapid.Bool().Draw(t, "for a team") {
		s.Routing = &chat.Routing{To: "billing2"}
	}
	if s.Status == chat.Live && rapid.Bool().Draw(t, "snoozed") {
		at := start.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "snoozed or woken at")))
		s.Snooze = rapid.SampledFrom([]*chat.Snooze{{Through: 7}, {Through: 7, Until: at, Owes: true}, {WokeAt: at}, {WokeAt: at, Owes: true}}).Draw(t, "snooze")
	}
	if rapid.Bool().Draw(t, "left an address") {
		s.Left = &chat.Left{Address: "ada@example.com"}
		if s.Left.Request = rapid.Uint64Range(0, 1<<63-1).Draw(t, "missed"); s.Left.Request != 0 {
			s.Left.At = start.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "missed at")))
		}
	}
	return &s
}

// ask compares the answers on one chat with the model's.
func ask(t *rapid.T, s store.Store, m *model, id chat.ID) {
	q := store.PageQuery{
		Chat:   id,
		Before: uint64(rapid.IntRange(0, 150).Draw(t, "before")),
		Limit:  rapid.IntRange(1, 14).Draw(t, "limit"),
		Reader: rapid.SampledFrom([]chat.Role{"", chat.RoleVisitor, chat.RoleBot, chat.RoleAgent}).Draw(t, "reader"),
	}
	p, err := s.Page(t.Context(), q)
	if err != nil {
		t.Fatalf("page %+v: %v", q, err)
	}
	want := m.page(q)
	sameEvents(t, fmt.Sprintf("page %+v", q), p.Events, want.Events)
	same(t, fmt.Sprintf("Prev of page %+v", q), p.Prev, want.Prev)

	out, err := s.LastOut(t.Context(), id)
	wantOut, ok := m.lastOut(id)
	if ok != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("the last event with a state: the error is %v, there is one: %v", err, ok)
	}
	same(t, "the last event with a state", out, wantOut)

	card, err := s.LastCard(t.Context(), id)
	wantCard, ok := m.lastCard(id)
	if ok != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("the last event with a card: the error is %v, there is one: %v", err, ok)
	}
	same(t, "the last event with a card", card, wantCard)

	clientID := fmt.Sprint(rapid.IntRange(1, 8).Draw(t, "find"))
	found, err := s.Find(t.Context(), id, chat.RoleVisitor, clientID)
	wantFound, ok := last(m.log(id, func(e chat.Event) bool { return e.ID == clientID && e.From.Role == chat.RoleVisitor }))
	if ok != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("find %s: the error is %v, there is one: %v", clientID, err, ok)
	}
	same(t, "what was found", found, wantFound)
}

// askList compares the chats' summaries. The list holds other rounds' chats too.
func askList(t *rapid.T, s store.Store, m *model, ids []chat.ID) {
	for _, id := range ids {
		want, listed := m.summary(id)
		before := start.Add(2e12)
		if listed {
			before = want.At.Add(1)
		}
		list, err := s.Chats(t.Context(), store.ChatsQuery{Before: before, Limit: 1})
		if err != nil {
			t.Fatalf("chats: %v", err)
		}
		found := false
		for _, c := range list.Chats {
			if c.Chat == id {
				found = true
				same(t, "the summary", c, want)
			}
		}
		if listed != found {
			t.Fatalf("chat %s is listed: %v, want %v", id, found, listed)
		}
	}
}
