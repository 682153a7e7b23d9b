// Package searchtest holds every implementation of search.Index to the contract.
package searchtest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/search"
)

// Opener opens an index that holds nothing yet. It masks texts with the function, if that is not
// nil, and sees to it that the index is closed at the test's end.
type Opener func(t testing.TB, mask func(string) string) search.Index

// Run checks what search.Index promises.
func Run(t *testing.T, open Opener) {
	for _, c := range []struct {
		promise string
		check   func(*testing.T, *bench)
	}{
		{"words, phrases and beginnings are found, in any case and without accents", findsWords},
		{"scripts without spaces are found by any part", findsWithoutSpaces},
		{"operators narrow what is found", operators},
		{"a question without words lists chats", listsChats},
		{"nobody finds what they may not read", scopes},
		{"visitors find what they may see in their own chat", visitors},
		{"pages chain without loss, and the newest come first", pages},
		{"an event is taken once", once},
		{"an erased chat is gone and stays gone", erasing},
		{"a chat that moves away goes, and comes back with its arrival", moving},
		{"the checkpoint is that of the last events", checkpoints},
		{"texts are masked", masks},
		{"no question breaks the index", hostile},
	} {
		t.Run(c.promise, func(t *testing.T) { c.check(t, &bench{t: t, Index: open(t, nil), open: open}) })
	}
	t.Run("made again is the same as kept", func(t *testing.T) { madeAgain(t, open) })
}

// day is when the chats of these tests begin.
var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

type bench struct {
	t testing.TB
	search.Index
	open Opener
	seq  uint64
}

func (b *bench) put(events ...chat.Event) {
	b.t.Helper()
	for i := range events {
		if events[i].Seq == 0 {
			b.seq++
			events[i].Seq, events[i].At = b.seq, day.Add(time.Duration(b.seq)*time.Second)
		}
	}
	if err := b.Apply(b.t.Context(), events, search.Checkpoint{}); err != nil {
		b.t.Fatal(err)
	}
}

func says(id chat.ID, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Message, From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada Lovelace"}, Text: text}
}

func note(id chat.ID, text string) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Note, From: chat.Speaker{Role: chat.RoleAgent, Name: "Grace", User: "grace.h"}, Text: text}
}

func state(id chat.ID, reason chat.Reason, s chat.State) chat.Event {
	return chat.Event{Chat: id, Kind: chat.StateChange, From: chat.Speaker{Role: chat.RoleSystem}, Reason: reason, State: &s}
}

func (b *bench) ask(question string, s search.Scope) search.Found {
	b.t.Helper()
	f, err := b.Find(b.t.Context(), search.Parse(question, day.AddDate(0, 0, 1), time.UTC), s, search.Page{Limit: search.MaxPage})
	if err != nil {
		b.t.Fatalf("ask %q: %v", question, err)
	}
	return f
}

// finds checks which events of which chats are found, as "chat/seq" is written by at.
func (b *bench) finds(question string, s search.Scope, want ...string) {
	b.t.Helper()
	var got []string
	for _, h := range b.ask(question, s).Hits {
		got = append(got, at(h.Chat, h.Seq))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		b.t.Errorf("%q finds %v, want %v", question, got, want)
	}
}

func at(id chat.ID, seq uint64) string { return fmt.Sprintf("%s/%d", id, seq) }

var all = search.Scope{All: true}

func findsWords(t *testing.T, b *bench) {
	id := chat.NewID()
	b.put(says(id, "Where is my REFUND, please?"), says(id, "The delivery came to the Straße in Zürich"), says(id, "deliver it"), says(id, "mail ada@example.org"))
	r, d, v, m := at(id, 1), at(id, 2), at(id, 3), at(id, 4)
	for question, want := range map[string][]string{
		"refund": {r}, "Refund please": {r}, "please refund": {r}, `"my refund"`: {r}, `"refund my"`: nil,
		"deliver": {v}, "deliver*": {v, d}, "zurich": {d}, "ZÜRICH": {d}, "strasse": {d}, `"the str*"`: nil, `"the str"*`: {d},
		"ada@example.org": {m}, "example": {m}, "refund zurich": nil, "lovelace": {r}, "!!!": nil, "": nil, "“my refund": {r},
	} {
		b.finds(question, all, want...)
	}
	h := b.ask("refund", all).Hits[0]
	if h.Text != "Where is my REFUND, please?" || len(h.Marks) != 1 || h.Text[h.Marks[0][0]:h.Marks[0][1]] != "REFUND" {
		t.Errorf("the hit shows %q with %v", h.Text, h.Marks)
	}
	if h.Kind != chat.Message || h.Role != chat.RoleVisitor || h.Name != "Ada Lovelace" || h.Visitor != "Ada Lovelace" || h.Status != chat.WithBot || !h.At.Equal(day.Add(time.Second)) {
		t.Errorf("the hit is %+v", h)
	}
}

func findsWithoutSpaces(_ *testing.T, b *bench) {
	id := chat.NewID()
	b.put(says(id, "我要退款吗"), says(id, "ส่งสินค้าเมื่อไหร่"), says(id, "注文をキャンセルしたい"), says(id, "refund退款now"))
	for question, want := range map[string][]string{
		"退款": {at(id, 4), at(id, 1)}, "退": {at(id, 4), at(id, 1)}, "款": {at(id, 4), at(id, 1)}, "吗": {at(id, 1)}, "要退款": {at(id, 1)}, "款退": nil,
		"สินค้า": {at(id, 2)}, "キャンセル": {at(id, 3)}, "キャン": {at(id, 3)}, "refund": {at(id, 4)}, "now 退款": {at(id, 4)}, `"refund退款"`: {at(id, 4)},
	} {
		b.finds(question, all, want...)
	}
}

func operators(_ *testing.T, b *bench) {
	x, y := chat.NewID(), chat.NewID()
	live := chat.State{Status: chat.Live, Agent: &chat.Agent{User: "grace.h", Name: "Grace Hopper"}, Visitor: "Ada Lovelace", Routing: &chat.Routing{To: "billing"}}
	b.put(says(x, "hello one"), says(y, "hello two"), state(x, chat.Taken, live),
		chat.Event{Chat: x, Kind: chat.CardChange, From: chat.Speaker{Role: chat.RoleAgent}, Parts: &chat.Parts{Card: &chat.Card{Tags: []string{"Big Customer", "late"}}}},
		chat.Event{Chat: y, Kind: chat.Request, Request: chat.Rate, Score: 2, Text: "meh", From: chat.Speaker{Role: chat.RoleVisitor}},
		note(x, "hello from me"))
	old := says(y, "hello of old")
	old.Seq, old.At = 90, day.AddDate(0, 0, -3)
	b.put(old)
	one, two, three, four := at(x, 1), at(y, 2), at(x, 6), at(y, 90)
	for question, want := range map[string][]string{
		"hello": {three, two, one, four}, "hello tag:late": {three, one}, `hello tag:"big customer"`: {three, one}, "hello tag:big": nil,
		"hello agent:grace": {three, one}, "hello agent:grace.h": {three, one}, "hello team:billing": {three, one}, "hello status:live": {three, one}, "hello status:bot": {two, four},
		"hello from:agent": {three}, "hello from:grace": {three}, "hello from:visitor": {two, one, four}, "from:ada": {two, one, four},
		"hello rating:<3": {two, four}, "hello rating:>2": nil, "hello before:2026-03-01": {four}, "hello after:2026-03-01": {three, two, one}, "hello after:today": nil, "hello after:1d": {three, two, one},
		"hello wizard:x": nil, "hello status:gone": nil,
	} {
		b.finds(question, all, want...)
	}
}

func listsChats(_ *testing.T, b *bench) {
	x, y := chat.NewID(), chat.NewID()
	b.put(says(x, "first"), says(y, "second"), says(x, "third"))
	b.put(chat.Event{Chat: y, Kind: chat.Request, Request: chat.Rate, Score: 1, From: chat.Speaker{Role: chat.RoleVisitor}})
	b.finds("status:bot", all, at(y, 2), at(x, 3))
	b.finds("rating:1", all, at(y, 2))
	b.finds("after:2026-03-01 before:2026-03-02", all, at(y, 2), at(x, 3))
	b.finds("before:2026-03-01", all)
}

func scopes(_ *testing.T, b *bench) {
	x, y, z := chat.NewID(), chat.NewID(), chat.NewID()
	of := func(team, user string) chat.State {
		return chat.State{Status: chat.Live, Agent: &chat.Agent{User: user, Name: user}, Routing: &chat.Routing{To: team}}
	}
	b.put(says(x, "secret"), says(y, "secret"), says(z, "secret"), state(x, chat.Taken, of("billing", "grace")), state(y, chat.Taken, of("sales", "linus")))
	b.finds("secret", all, at(z, 3), at(y, 2), at(x, 1))
	b.finds("secret", search.Scope{})
	b.finds("secret", search.Scope{Teams: []string{""}}, at(z, 3))
	b.finds("secret", search.Scope{Teams: []string{"", "billing"}, User: "linus"}, at(z, 3), at(y, 2), at(x, 1))
	b.finds("secret", search.Scope{Teams: []string{"billing"}, User: "nobody"}, at(x, 1))
	b.finds("status:live", search.Scope{Teams: []string{"billing"}}, at(x, 1))
	b.put(state(x, chat.PassedOn, of("sales", "linus"))) // rights are those of now
	b.finds("secret", search.Scope{Teams: []string{"billing"}, User: "grace"})
}

func visitors(t *testing.T, b *bench) {
	x, y := chat.NewID(), chat.NewID()
	b.put(says(x, "word"), note(x, "word of agents"), says(y, "word of others"), chat.Event{Chat: x, Kind: chat.CardChange, From: chat.Speaker{Role: chat.RoleAgent}, Parts: &chat.Parts{Card: &chat.Card{Tags: []string{"word"}}}})
	own := search.Scope{Chat: x, All: true}
	b.finds("word", own, at(x, 1))
	b.finds("agents", own)
	b.finds("word tag:word", own, at(x, 1)) // as if it were not asked
	b.finds("word tag:none", own, at(x, 1))
	if h := b.ask("word", own).Hits[0]; len(h.Tags) > 0 || h.Team != "" {
		t.Errorf("the visitor learns %+v", h)
	}
}

func pages(t *testing.T, b *bench) {
	const n = 300
	var events []chat.Event
	ids := []chat.ID{chat.NewID(), chat.NewID(), chat.NewID()}
	for i := range n {
		events = append(events, says(ids[i%len(ids)], "common "+fmt.Sprint(i)))
	}
	b.put(events...)
	for _, question := range []string{"common", "status:bot", "from:visitor"} {
		want := n
		if question == "status:bot" {
			want = len(ids)
		}
		for _, limit := range []int{1, 7, 49, 50} {
			if limit < 7 && want > 10 {
				continue
			}
			seen, after, last := map[string]bool{}, "", time.Time{}
			for {
				f, err := b.Find(t.Context(), search.Parse(question, day, time.UTC), all, search.Page{Limit: limit, After: after})
				if err != nil || len(f.Hits) > limit {
					t.Fatalf("%d hits, %v", len(f.Hits), err)
				}
				for _, h := range f.Hits {
					if seen[at(h.Chat, h.Seq)] || !last.IsZero() && h.At.After(last) {
						t.Fatalf("%q: hit %d comes twice, or after an older one", question, h.Seq)
					}
					seen[at(h.Chat, h.Seq)], last = true, h.At
				}
				if after = f.Next; after == "" {
					break
				}
			}
			if len(seen) != want {
				t.Errorf("%q by %d: %d hits of %d", question, limit, len(seen), want)
			}
		}
	}
	for _, bad := range []string{"x", "1", "1.", ".1", "é.1", "'; DROP TABLE docs; --"} {
		if _, err := b.Find(t.Context(), search.Parse("common", day, time.UTC), all, search.Page{After: bad}); !errors.Is(err, search.ErrPage) {
			t.Errorf("page %q: %v", bad, err)
		}
	}
}

func once(t *testing.T, b *bench) {
	id := chat.NewID()
	e := says(id, "once")
	b.put(e)
	e.Seq, e.At = 1, day
	b.put(e, e)
	late := says(id, "late")
	late.Seq, late.At = 1, day
	b.put(late)
	b.finds("once", all, at(id, 1))
	b.finds("late", all)
	if s, err := b.Status(t.Context()); err != nil || s.Chats != 1 || s.Documents != 2 || s.Bytes == 0 {
		t.Errorf("the index has %+v, %v", s, err)
	}
}

func erasing(t *testing.T, b *bench) {
	x, y, z := chat.NewID(), chat.NewID(), chat.NewID()
	b.put(says(x, "gone"), says(y, "gone"), says(z, "gone"), says(x, "same batch"), state(x, "erased", chat.State{Status: chat.Closed}))
	b.finds("gone", all, at(z, 3), at(y, 2))
	b.finds("same", all)
	for range 2 {
		if err := b.Erase(t.Context(), y); err != nil {
			t.Fatal(err)
		}
	}
	b.finds("gone", all, at(z, 3))
	never := chat.NewID()
	if err := b.Erase(t.Context(), never); err != nil {
		t.Fatal(err)
	}
	b.put(says(y, "gone again"), says(x, "gone again"), says(never, "gone again"))
	b.finds("gone", all, at(z, 3))
	b.finds("lovelace", all, at(z, 3))
}

func moving(_ *testing.T, b *bench) {
	id := chat.NewID()
	b.put(says(id, "word"), state(id, chat.MovedAway, chat.State{Status: chat.Closed, Moved: "there"}), says(id, "word behind it"))
	b.finds("word", all)
	b.put(state(id, chat.Arrived, chat.State{}), says(id, "word after it"))
	b.finds("word", all, at(id, 5))
}

func checkpoints(t *testing.T, b *bench) {
	if c, err := b.Checkpoint(t.Context()); err != nil || len(c.Streams) > 0 || c.Fill != nil {
		t.Fatalf("an empty index is at %+v, %v", c, err)
	}
	want := search.Checkpoint{Streams: map[string]uint64{"CHAT_0": 7, "CHAT_1": 1 << 60}, Fill: &search.Fill{To: map[string]uint64{"CHAT_0": 3}, After: "x"}}
	if err := b.Apply(t.Context(), nil, want); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Checkpoint(t.Context()); err != nil || got.Streams["CHAT_1"] != 1<<60 || got.Fill == nil || got.Fill.To["CHAT_0"] != 3 || got.Fill.After != "x" {
		t.Errorf("it is at %+v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	id := chat.NewID()
	e := says(id, "never")
	e.Seq, e.At = 1, day
	if err := b.Apply(ctx, []chat.Event{e}, search.Checkpoint{}); err == nil {
		t.Error("a canceled call succeeds")
	}
	b.finds("never", all)
	if got, _ := b.Checkpoint(t.Context()); got.Streams["CHAT_0"] != 7 {
		t.Errorf("a failed call moved the checkpoint to %+v", got)
	}
}

func masks(t *testing.T, b *bench) {
	b.Index = b.open(t, func(s string) string { return strings.ReplaceAll(s, "4111", "••••") })
	id := chat.NewID()
	b.put(says(id, "my card 4111 is lost"), note(id, "4111"), chat.Event{Chat: id, Kind: chat.CardChange, Parts: &chat.Parts{Card: &chat.Card{Title: "card 4111"}}})
	b.finds("4111", all)
	if h := b.ask("lost", all).Hits[0]; h.Text != "my card •••• is lost" {
		t.Errorf("the hit shows %q", h.Text)
	}
}

// Hostile are questions that engines read as more than text.
var Hostile = []string{
	`'; DROP TABLE docs; --`, `" OR 1=1`, `"`, `""`, `"""`, `*`, `**`, `a*b*`, `NEAR(a b)`, `a AND`, `OR`, `NOT x`, `^a`, `t:x`, `{t}:x`, `-x`, `(`, `)`, `a + b`, `$where: 1`, `{"$gt":""}`, `\`, `%`, `_`,
	"\x00", "a\x00b", "\xff\xfe", "tag:", "tag:\"", "before:", "before:9999999-1-1", "before:0000-00-00", "rating:<", "rating:99", "rating:<1", "from:*", ":", "::", "tag::", strings.Repeat("a", 100_000), strings.Repeat("a* ", 1000), strings.Repeat(`"`, 999), strings.Repeat("tag:x ", 500),
	"\u202e\u200b\ufeff", "👍", "e\u0301\u0301\u0301", "ﬀ", "İ", "after:99999d", "after:-1d",
}

func hostile(t *testing.T, b *bench) {
	id := chat.NewID()
	b.put(says(id, "still here"))
	for _, question := range Hostile {
		for _, s := range []search.Scope{all, {Teams: []string{question}, User: question}, {Chat: id}} {
			if _, err := b.Find(t.Context(), search.Parse(question, day, time.UTC), s, search.Page{Limit: 5}); err != nil {
				t.Errorf("%.40q: %v", question, err)
			}
		}
	}
	b.finds("still", all, at(id, 1))
}
