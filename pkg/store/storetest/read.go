package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

func pageBounds(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, 20) // sequences 5, 8, … 62
	put(t, s, log...)
	put(t, s, conversation(chat.NewID(), 20)...)
	for _, c := range []struct {
		name   string
		before uint64
		limit  int
		want   []chat.Event
		prev   uint64
	}{
		{"the last", 0, 4, log[16:], log[15].Seq},
		{"before one", log[10].Seq, 4, log[6:10], log[5].Seq},
		{"before a sequence between two", log[10].Seq + 1, 4, log[7:11], log[6].Seq},
		{"all", 0, 20, log, 0},
		{"more than there are", 0, 1000, log, 0},
		{"up to the first", log[4].Seq, 4, log[:4], 0},
		{"one before the first", log[4].Seq, 3, log[1:4], log[0].Seq},
		{"before the first", log[0].Seq, 4, nil, 0},
		{"before everything", 1, 4, nil, 0},
	} {
		p := page(t, s, store.PageQuery{Chat: id, Before: c.before, Limit: c.limit, Reader: chat.RoleAgent})
		sameEvents(t, c.name, p.Events, c.want)
		if p.Prev != c.prev {
			t.Errorf("%s: Prev is %d, want %d", c.name, p.Prev, c.prev)
		}
	}
}

func pageChain(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, 23)
	put(t, s, log...)
	for _, limit := range []int{1, 2, 5, 22, 23, 24} {
		sameEvents(t, "with notes", walk(t, s, store.PageQuery{Chat: id, Limit: limit, Reader: chat.RoleAgent}), log)
		sameEvents(t, "without notes", walk(t, s, store.PageQuery{Chat: id, Limit: limit}), withoutNotes(log))
	}
	// A note before the page is none that a visitor may hear of.
	p := page(t, s, store.PageQuery{Chat: id, Before: log[6].Seq, Limit: 1})
	sameEvents(t, "the event after a note", p.Events, log[5:6])
	if p.Prev != log[3].Seq {
		t.Errorf("Prev is %d, want %d, the last event before the note", p.Prev, log[3].Seq)
	}
}

func pageOfNothing(t *testing.T, s store.Store) {
	id := chat.NewID()
	p := page(t, s, store.PageQuery{Chat: id, Limit: 10, Reader: chat.RoleAgent})
	if len(p.Events) != 0 || p.Prev != 0 {
		t.Errorf("an unknown chat has %+v", p)
	}
	put(t, s, note(id, 7, "only for agents"))
	p = page(t, s, store.PageQuery{Chat: id, Limit: 10})
	if len(p.Events) != 0 || p.Prev != 0 {
		t.Errorf("a chat of one note shows %+v", p)
	}
}

func pageLimit(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, store.MaxPage+5)
	put(t, s, log...)
	for limit, want := range map[int]int{-1: 1, 0: 1, store.MaxPage: store.MaxPage, store.MaxPage + 1: store.MaxPage} {
		p := page(t, s, store.PageQuery{Chat: id, Limit: limit, Reader: chat.RoleAgent})
		sameEvents(t, "the page", p.Events, log[len(log)-want:])
	}
}

func find(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := conversation(id, 10)
	put(t, s, log...)
	var names []store.Name // of what was sent, and of what was not
	sent := map[store.Name]uint64{}
	for _, e := range log {
		if e.ID == "" {
			continue
		}
		name := store.Name{Role: e.From.Role, ID: e.ID}
		names, sent[name] = append(names, name), e.Seq
		got, err := s.Find(limited(t), id, e.From.Role, e.ID)
		if err != nil {
			t.Fatalf("find %s: %v", e.ID, err)
		}
		same(t, "what was found", got, e)
	}
	odd := message(id, 500, "an id of every allowed character")
	odd.ID = "!\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{|}~/$where"
	put(t, s, odd)
	got, err := s.Find(limited(t), id, chat.RoleVisitor, odd.ID)
	if err != nil {
		t.Fatalf("find %s: %v", odd.ID, err)
	}
	same(t, "what was found", got, odd)
	name := store.Name{Role: chat.RoleVisitor, ID: odd.ID}
	names, sent[name] = append(names, name), odd.Seq

	for _, c := range []struct {
		name string
		chat chat.ID
		role chat.Role
		id   string
	}{
		{"an unknown id", id, chat.RoleVisitor, "m-999"},
		{"another role's id", id, chat.RoleAgent, log[0].ID},
		{"another chat's id", chat.NewID(), chat.RoleVisitor, log[0].ID},
		{"no id", id, chat.RoleBot, ""},
		{"an id in the other case", id, chat.RoleVisitor, "M-5"},
	} {
		if _, err := s.Find(limited(t), c.chat, c.role, c.id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: the error is %v, want not found", c.name, err)
		}
		names = append(names, store.Name{Role: c.role, ID: c.id})
		if c.chat != id {
			seqs, err := s.Sent(limited(t), c.chat, names)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "what was sent in another chat", seqs, map[store.Name]uint64{})
			names = names[:len(names)-1]
		}
	}
	seqs, err := s.Sent(limited(t), id, names)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what was sent", seqs, sent)
}

func lastOut(t *testing.T, s store.Store) {
	id := chat.NewID()
	if _, err := s.LastOut(limited(t), id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown chat: the error is %v, want not found", err)
	}
	put(t, s, message(id, 1, "hello"))
	if _, err := s.LastOut(limited(t), id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a chat without a state: the error is %v, want not found", err)
	}
	last := taken(id, 30)
	put(t, s, last, message(id, 31, "are you there?"), note(id, 32, "I am"), reply(id, 20, "came late"))
	got, err := s.LastOut(limited(t), id)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the last event with a state", got, last)
}

func cancelled(t *testing.T, s store.Store) {
	id := chat.NewID()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, call := range map[string]func() error{
		"Put":   func() error { return s.Put(ctx, conversation(id, 5)) },
		"Page":  func() error { _, err := s.Page(ctx, store.PageQuery{Chat: id, Limit: 5}); return err },
		"Find":  func() error { _, err := s.Find(ctx, id, chat.RoleVisitor, "m-5"); return err },
		"Sent":  func() error { _, err := s.Sent(ctx, id, []store.Name{{Role: chat.RoleVisitor, ID: "m-5"}}); return err },
		"Last":  func() error { _, err := s.LastOut(ctx, id); return err },
		"Chats": func() error { _, err := s.Chats(ctx, store.ChatsQuery{Limit: 5}); return err },
		"Ping":  func() error { return s.Ping(ctx) },
	} {
		began := time.Now()
		err := call()
		if err == nil || errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: the error is %v, want one that says it was cancelled", name, err)
		}
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	put(t, s, conversation(id, 5)...)
	sameEvents(t, "the log afterwards", all(t, s, id), conversation(id, 5))
}
