package system_test

import (
	"net/http"
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

// A macro passes the chat on at its end: to a team, or to a person. Whoever is gone is refused
// before a word is said; somebody who can't get it now is said beside what was done.
func TestAMacroPassesTheChatOn(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace, linus := staff(t, g.url, admin, "grace", "Grace", "agent"), staff(t, g.url, admin, "linus", "Linus", "agent")
	staff(t, g.url, admin, "rhea", "Rhea", "reader")
	talktest.Call(t, g.url, http.MethodPost, "/api/teams", `{"revision":0,"team":{"name":"Billing","members":["linus"]}}`, admin)
	team := ""
	grace.Find("the team", func(f talk.Frame) bool {
		for _, each := range f.Teams {
			team = each.ID
		}
		return team != ""
	})
	ada := talktest.Dial(t, g.url)
	id := ada.Hello("Ada", "", 0).Chat
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	ada.Do("t", "escalate", "id", "e1")
	grace.Do("t", "take", "id", "t1", "chat", id)
	pass := func(run string, to map[string]any) talk.Frame {
		to["title"], to["then"] = "Pass", "pass_on"
		return grace.Try("t", "macro", "id", run, "chat", id, "text", "One moment ("+run+")", "macro", to)
	}
	for name, c := range map[string]struct {
		to   map[string]any
		code string
	}{
		"nobody":         {map[string]any{}, "bad_frame"},
		"no-account":     {map[string]any{"to": "nobody"}, "not_found"},
		"a-reader":       {map[string]any{"to": "rhea"}, "not_available"},
		"a-deleted-team": {map[string]any{"to_team": "gone2222"}, "not_available"},
	} {
		if no := pass(name, c.to); no.T != "error" || no.Code != c.code {
			t.Errorf("to %s: %+v", name, no)
		}
	}
	if part := pass("herself", map[string]any{"to": "grace"}); part.T != "ack" || part.Refused != "Only a part of “Pass” was done: the reply was sent, but the chat was not passed on. You have this chat already. Choose someone else, or the queue." {
		t.Errorf("to herself: %+v", part)
	}
	ada.Event("say", "One moment (herself)")
	first := pass("team", map[string]any{"to_team": team})
	if first.T != "ack" || first.Refused != "" {
		t.Fatalf("to the team: %+v", first)
	}
	ada.Event("say", "One moment (team)")
	ada.Find("that she waits for it", func(f talk.Frame) bool {
		return f.Reason == "transferred" && f.Text == "Grace passed the chat on to Billing."
	})
	if again := pass("team", map[string]any{"to_team": team}); again.T != "ack" || again.Seq != first.Seq {
		t.Errorf("sent again: %+v, at first %+v", again, first)
	}
	linus.Do("t", "take", "id", "t2", "chat", id)
	if part := linus.Try("t", "macro", "id", "person", "chat", id, "text", "Grace knows it.", "macro", map[string]any{"title": "Pass", "then": "pass_on", "to": "grace"}); part.T != "ack" || part.Refused != "" {
		t.Errorf("to Grace: %+v", part)
	}
	ada.Find("that Grace has it", func(f talk.Frame) bool {
		return f.Reason == "passed_on" && f.Text == "Linus passed the chat on to Grace."
	})
}
