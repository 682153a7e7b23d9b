package system_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A macro is one act: its text, the end and the tags are there once, however often it is sent and
// whatever the visitor does meanwhile. One whose chat has moved on does nothing, and says why;
// one that is refused in its midst says what was done.
func TestAMacroIsOneAct(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	ada.Do("t", "escalate", "id", "e1")

	grace, hedy := s.agent(g, "grace"), s.agent(g, "hedy")
	refund := map[string]any{"title": "Refund", "tags": []string{"refund"}, "then": "close"}
	run := func(id string) talk.Frame {
		return grace.Try("t", "macro", "id", id, "chat", w.Chat, "text", "It is on its way.", "macro", refund)
	}
	grace.Do("t", "open", "id", "o", "chat", w.Chat)
	if no := run("early"); no.T != "error" || no.Code != "not_live" {
		t.Errorf("in a chat that waits: %+v", no)
	}
	hedy.Do("t", "take", "id", "t1", "chat", w.Chat)
	if no := run("hers"); no.T != "error" || no.Code != "taken" {
		t.Errorf("in another agent's: %+v", no)
	}
	hedy.Do("t", "transfer", "id", "t2", "chat", w.Chat)
	grace.Do("t", "take", "id", "t3", "chat", w.Chat)
	first := run("m1")
	if first.T != "ack" || first.Seq == 0 || first.Refused != "" {
		t.Fatalf("in her own: %+v", first)
	}
	ada.Event("say", "It is on its way.")
	// The visitor opens it again, and the answer was lost on its way.
	ada.Say("m2", "thanks")
	ada.Event("reply", "You said: thanks")
	if again := run("m1"); again.T != "ack" || again.Seq != first.Seq || again.Refused != "" {
		t.Errorf("sent again: %+v, at first %+v", again, first)
	}
	count := map[string]int{}
	open := hedy.Do("t", "open", "id", "o2", "chat", w.Chat)
	for _, f := range grace.Do("t", "page", "id", "p", "chat", w.Chat, "limit", 50).Events {
		count[f.Kind+f.Reason]++
	}
	if open.Status != "bot" || count["say"] != 1 || count["stateby_agent"] != 1 || count["card"] != 1 || len(open.Card.Tags) != 1 {
		t.Errorf("the chat is %s with the tags %v, and has %v", open.Status, open.Card.Tags, count)
	}

	// A card that is full refuses the last step.
	var full []string
	for i := range 29 {
		full = append(full, strings.Repeat("x", i+1))
	}
	grace.Do("t", "card", "id", "c1", "chat", w.Chat, "edit", map[string]any{"add": full})
	ada.Do("t", "escalate", "id", "e2")
	grace.Do("t", "take", "id", "t4", "chat", w.Chat)
	part := grace.Try("t", "macro", "id", "m3", "chat", w.Chat, "text", "Bye.", "macro", map[string]any{"title": "Bye", "tags": []string{"one more"}, "then": "close"})
	if want := "Only a part of “Bye” was done: the reply was sent, the chat was closed, but the tags were not added. A chat can have 30 tags. Remove one first."; part.T != "ack" || part.Refused != want {
		t.Errorf("half of it: %+v", part)
	}
	for name, f := range map[string][]any{
		"no macro":    {"t", "macro", "id", "x1", "chat", w.Chat},
		"nothing":     {"t", "macro", "id", "x2", "chat", w.Chat, "macro", map[string]any{}},
		"another end": {"t", "macro", "id", "x3", "chat", w.Chat, "macro", map[string]any{"then": "delete"}},
		"many tags":   {"t", "macro", "id", "x4", "chat", w.Chat, "macro", map[string]any{"tags": full}},
		"a long id":   {"t", "macro", "id", strings.Repeat("x", 62), "chat", w.Chat, "text", "x", "macro", map[string]any{}},
	} {
		if no := grace.Try(f...); no.Code != "bad_frame" {
			t.Errorf("%s: %+v", name, no)
		}
	}
}
