package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store"
)

// listed puts n chats that were written to one after the other, and returns them
// as the list should show them.
func listed(t *testing.T, s store.Store, n int) []store.Summary {
	t.Helper()
	var events []chat.Event
	want := make([]store.Summary, n)
	for i := range n {
		seq := uint64(i + 1)
		e := message(chat.NewID(), seq, fmt.Sprintf("chat %d", i))
		events = append(events, e)
		want[n-1-i] = store.Summary{Chat: e.Chat, Name: "Ada", Status: chat.WithBot, Seq: seq, At: e.At, Text: e.Text}
	}
	put(t, s, shuffled(events, 5)...)
	return want
}

func chatsOrder(t *testing.T, s store.Store) {
	want := listed(t, s, 8)
	same(t, "the list", chats(t, s, store.ChatsQuery{Limit: 100}), store.Chats{Chats: want})

	// Who writes again comes first again.
	again := message(want[5].Chat, 100, "me again")
	put(t, s, again)
	got := chats(t, s, store.ChatsQuery{Limit: 100}).Chats
	if got[0].Chat != again.Chat || got[0].Text != again.Text || !got[0].At.Equal(again.At) {
		t.Errorf("the first is %+v, want the chat that was written to last", got[0])
	}
	if len(got) != 8 {
		t.Errorf("there are %d chats, want 8", len(got))
	}
}

func chatsPaging(t *testing.T, s store.Store) {
	const n = store.MaxChats + 7
	want := listed(t, s, n)
	for _, limit := range []int{7, 50, n - 7, 5000} {
		var got []store.Summary
		q := store.ChatsQuery{Limit: limit}
		for {
			p := chats(t, s, q)
			if most := min(limit, store.MaxChats); len(p.Chats) > most {
				t.Fatalf("%d chats at once, want at most %d", len(p.Chats), most)
			}
			got = append(got, p.Chats...)
			if !p.More {
				break
			}
			q.Before = p.Chats[len(p.Chats)-1].At
		}
		same(t, fmt.Sprintf("the list in pieces of %d", limit), got, want)
	}
	if p := chats(t, s, store.ChatsQuery{Limit: 0}); len(p.Chats) != 1 || !p.More {
		t.Errorf("a limit of 0 gives %d chats (more: %v), want 1 and more", len(p.Chats), p.More)
	}
	if p := chats(t, s, store.ChatsQuery{Before: want[n-1].At, Limit: 5}); len(p.Chats) != 0 || p.More {
		t.Errorf("before the first chat there are %d (more: %v)", len(p.Chats), p.More)
	}
}

func chatsSameMoment(t *testing.T, s store.Store) {
	var events []chat.Event
	for i := range 9 {
		e := message(chat.NewID(), uint64(i+1), "at once")
		e.At = start.Add(time.Duration(i / 3)) // three chats each nanosecond
		events = append(events, e)
	}
	put(t, s, events...)
	for limit, want := range map[int][]int{1: {3, 3, 3}, 2: {3, 3, 3}, 3: {3, 3, 3}, 4: {6, 3}, 7: {9}, 9: {9}} {
		seen := make(map[chat.ID]bool)
		var sizes []int
		q := store.ChatsQuery{Limit: limit}
		for more := true; more; {
			p := chats(t, s, q)
			for i, c := range p.Chats {
				seen[c.Chat] = true
				if i > 0 && c.At.Equal(p.Chats[i-1].At) && c.Chat < p.Chats[i-1].Chat {
					t.Errorf("chat %s of the same moment comes after %s", c.Chat, p.Chats[i-1].Chat)
				}
			}
			sizes, more = append(sizes, len(p.Chats)), p.More
			if len(p.Chats) > 0 {
				q.Before = p.Chats[len(p.Chats)-1].At
			}
		}
		same(t, fmt.Sprintf("the sizes of the pieces for limit %d", limit), sizes, want)
		if len(seen) != len(events) {
			t.Errorf("limit %d: %d chats were listed, want %d", limit, len(seen), len(events))
		}
	}
}

func summaryContent(t *testing.T, s store.Store) {
	id := chat.NewID()
	want := store.Summary{Chat: id, Status: chat.WithBot}
	see := func(e chat.Event, change func()) {
		t.Helper()
		put(t, s, e)
		want.Seq, want.At = e.Seq, e.At
		change()
		same(t, fmt.Sprintf("the summary after %d", e.Seq), summary(t, s), want)
	}
	see(message(id, 1, "hello"), func() { want.Name, want.Text = "Ada", "hello" })
	see(reply(id, 2, "Hello, Ada."), func() { want.Text = "Hello, Ada." })
	ask := message(id, 3, "/escalate")
	ask.Kind, ask.Request = chat.Request, chat.Escalate
	see(ask, func() {}) // a command says nothing to who reads the list
	silent := message(id, 4, "")
	silent.Kind, silent.Request = chat.Request, chat.Escalate
	see(silent, func() {}) // a button has no words
	see(taken(id, 5), func() { want.Status, want.Agent = chat.Live, "Grace" })
	say := taken(id, 6)
	say.Kind, say.Text, say.Reason = chat.Say, "How can I help?", ""
	see(say, func() { want.Text = "How can I help?" })
	renamed := message(id, 7, "it is me")
	renamed.From.Name = "Ada Lovelace"
	see(renamed, func() { want.Name, want.Text = "Ada Lovelace", "it is me" })
	passed := taken(id, 8)
	passed.State.Routing = &chat.Routing{To: "billing"}
	see(passed, func() { want.Name, want.Team = "Ada", "billing" })
	closed := chat.Event{
		Chat: id, Seq: 9, At: at(9), Kind: chat.StateChange, From: chat.Speaker{Role: chat.RoleSystem}, Reason: chat.Idle,
		Text: "The chat was closed.", State: &chat.State{Status: chat.Closed},
	}
	see(closed, func() { want.Status, want.Agent, want.Team = chat.Closed, "", "" })
}

func summaryWithoutNotes(t *testing.T, s store.Store) {
	id := chat.NewID()
	put(t, s, note(id, 1, "a note before anything"))
	if list := chats(t, s, store.ChatsQuery{Limit: 10}); len(list.Chats) != 0 {
		t.Errorf("a chat of one note is listed as %+v", list.Chats)
	}
	first := message(id, 2, "hello")
	put(t, s, first)
	put(t, s, note(id, 3, "a secret"), note(id, 9, "another secret"))
	same(t, "the summary", summary(t, s), store.Summary{Chat: id, Name: "Ada", Status: chat.WithBot, Seq: 2, At: first.At, Text: "hello"})
}

func summaryLateEvents(t *testing.T, s store.Store) {
	id := chat.NewID()
	log := []chat.Event{message(id, 1, "first"), reply(id, 2, "second"), message(id, 3, "third"), taken(id, 4), message(id, 5, "fifth"), note(id, 6, "sixth")}
	log[2].From.Name = "Ada Lovelace"
	log[4].From.Name = "" // tells no name: the one before stays
	log[3].State.Visitor = ""
	want := store.Summary{Chat: id, Name: "Ada Lovelace", Status: chat.Live, Agent: "Grace", Seq: 5, At: at(5), Text: "fifth"}
	for i := len(log) - 1; i >= 0; i-- {
		put(t, s, log[i])
	}
	same(t, "the summary of events that came backwards", summary(t, s), want)
	for i := range log {
		put(t, s, log[i])
		same(t, "the summary after an old event again", summary(t, s), want)
	}
}

func summarySameClientID(t *testing.T, s store.Store) {
	id := chat.NewID()
	first := message(id, 1, "said once")
	put(t, s, first)
	before := summary(t, s)
	again := message(id, 50, "said again")
	again.ID = first.ID
	put(t, s, again)
	put(t, s, first, again)
	same(t, "the summary", summary(t, s), before)
}

func summaryCut(t *testing.T, s store.Store) {
	id := chat.NewID()
	put(t, s, message(id, 1, strings.Repeat("ж", 120)))
	same(t, "a text of 120 characters", summary(t, s).Text, strings.Repeat("ж", 120))
	put(t, s, message(id, 2, strings.Repeat("𝄞", 4000)))
	same(t, "a text of 4000 characters", summary(t, s).Text, strings.Repeat("𝄞", 120))
}
