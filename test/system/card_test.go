package system_test

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An agent tags a chat. Another one who looks at it sees that at once, and whoever opens it
// later; it is in the lists and in the history, once, however often it was sent. The visitor
// and the bot's turn know nothing of it.
func TestACardIsForAgents(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")

	grace, hedy := s.agent(g, "grace"), s.agent(g, "hedy")
	hedy.Do("t", "open", "id", "o", "chat", w.Chat)
	tags := func(f talk.Frame, want ...string) bool { return slices.Equal(f.Card.Tags, want) }
	edit := map[string]any{"add": []string{"refund", "VIP"}}
	first := grace.Do("t", "card", "id", "c1", "chat", w.Chat, "edit", edit)
	again := grace.Do("t", "card", "id", "c1", "chat", w.Chat, "edit", edit)
	if first.T != "ack" || first.Seq == 0 || again.Seq != first.Seq {
		t.Errorf("tagged: %+v; again: %+v", first, again)
	}
	hedy.Find("the tags", func(f talk.Frame) bool {
		return f.T == "event" && f.Kind == "card" && f.Seq == first.Seq && tags(f, "refund", "VIP")
	})
	second := hedy.Do("t", "card", "id", "c1", "chat", w.Chat, "edit", map[string]any{"remove": []string{"vip"}})

	if f := grace.Do("t", "open", "id", "o", "chat", w.Chat); !tags(f, "refund") {
		t.Errorf("opened with %+v", f.Card)
	}
	var cards []uint64
	for _, f := range grace.Do("t", "page", "id", "p", "chat", w.Chat, "limit", 50).Events {
		if f.Kind == "card" {
			cards = append(cards, f.Seq)
		}
	}
	if !slices.Equal(cards, []uint64{first.Seq, second.Seq}) {
		t.Errorf("the history has the changes %d, want %d and %d", cards, first.Seq, second.Seq)
	}
	if no := grace.Try("t", "card", "id", "c2", "chat", w.Chat); no.Code != "bad_frame" {
		t.Errorf("without an edit: %+v", no)
	}
	if no := grace.Try("t", "card", "id", "c3", "chat", w.Chat, "edit", map[string]any{"add": []string{""}}); no.Code != "bad_text" || no.Message != "There is nothing in this tag." {
		t.Errorf("an empty tag: %+v", no)
	}

	ada.Say("m2", "still there?")
	ada.Event("reply", "You said: still there?")
	for _, f := range ada.Seen() {
		if f.Kind == "card" || len(f.Card.Tags) > 0 || f.Visit != 0 {
			t.Errorf("the visitor sees %+v", f)
		}
	}
	s.settled("history")
	if list := grace.Do("t", "chats", "id", "l", "limit", 10).Chats; len(list) != 1 || !slices.Equal(list[0].Tags, []string{"refund"}) {
		t.Errorf("the list of chats is %+v", list)
	}
}
