package system_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

const staffPassword = "correct horse battery staple"

// staff makes an account and opens its console.
func staff(t *testing.T, url string, admin http.Header, user, name, role string) *talktest.Client {
	t.Helper()
	talktest.Call(t, url, http.MethodPost, "/api/agents", fmt.Sprintf(`{"user":%q,"name":%q,"role":%q,"password":%q}`, user, name, role, staffPassword), admin)
	return talktest.Console(t, url, user, staffPassword)
}

// A chat goes from one agent to another and to a supervisor. The visitor reads each time who
// is there now, and nobody speaks in it but whoever has it.
func TestAVisitorReadsWhoAnswersWhenAChatIsPassedOnAndTakenOver(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	grace, linus, ada := staff(t, g.url, admin, "grace", "Grace", "agent"), staff(t, g.url, admin, "linus", "Linus", "agent"), staff(t, g.url, admin, "ada", "Ada", "supervisor")
	visitor := talktest.Dial(t, g.url)
	chat := visitor.Hello("Vera", "", 0).Chat
	visitor.Say("m1", "hand over")
	visitor.Find("the queue", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "waiting" })

	if f := grace.Try("t", "assign", "id", "no1", "chat", chat, "to", "linus"); f.Code != "not_allowed" || f.Message != "Only supervisors and admins can give a chat to someone." {
		t.Errorf("an agent assigns: %+v", f)
	}
	if f := ada.Try("t", "assign", "id", "a0", "chat", chat, "to", "nobody"); f.Code != "not_found" {
		t.Errorf("to nobody: %+v", f)
	}
	ada.Do("t", "assign", "id", "a1", "chat", chat, "to", "grace")
	visitor.Find("Grace", func(f talk.Frame) bool { return f.Reason == "assigned" && f.Text == "Grace joined the chat." })
	grace.Do("t", "say", "id", "s1", "chat", chat, "text", "Hello!")

	if f := grace.Try("t", "pass_on", "id", "no2", "chat", chat, "to", "grace"); f.Code != "not_available" {
		t.Errorf("to oneself: %+v", f)
	}
	grace.Do("t", "pass_on", "id", "p1", "chat", chat, "to", "linus", "text", "wants a refund")
	passed := visitor.Find("Linus", func(f talk.Frame) bool { return f.Reason == "passed_on" })
	if passed.Text != "Grace passed the chat on to Linus." || passed.Agent != "Linus" || passed.Status != "live" {
		t.Errorf("the visitor reads %+v", passed)
	}
	linus.Send("t", "open", "id", "o1", "chat", chat)
	linus.Find("the note", func(f talk.Frame) bool {
		return f.Kind == "note" && f.Text == "wants a refund" && f.From.Name == "Grace"
	})
	if f := grace.Try("t", "say", "id", "no3", "chat", chat, "text", "and another thing"); f.Code != "taken" {
		t.Errorf("whoever passed it on speaks: %+v", f)
	}

	// A supervisor speaks in a chat only once it is theirs.
	if f := ada.Try("t", "say", "id", "no4", "chat", chat, "text", "Linus, be quick"); f.Code != "taken" {
		t.Errorf("a supervisor speaks in another's chat: %+v", f)
	}
	if f := grace.Try("t", "take_over", "id", "no5", "chat", chat); f.Code != "not_allowed" {
		t.Errorf("an agent takes over: %+v", f)
	}
	ada.Do("t", "take_over", "id", "t1", "chat", chat)
	over := visitor.Find("Ada", func(f talk.Frame) bool { return f.Reason == "taken_over" })
	if over.Text != "Ada took over from Linus." || over.Agent != "Ada" {
		t.Errorf("the visitor reads %+v", over)
	}
	linus.Find("that it is gone", func(f talk.Frame) bool { return f.Reason == "taken_over" && f.Text == "Ada took over from Linus." })
	ada.Do("t", "say", "id", "s2", "chat", chat, "text", "I'll help you.")
	visitor.Event("say", "I'll help you.")
	for _, f := range visitor.Seen() {
		if f.Kind == "note" || f.Text == "wants a refund" {
			t.Errorf("the visitor got %+v", f)
		}
	}
}

// A reader sees everything, is seen by nobody, and does nothing. What an account becomes acts
// at once on the console that is open.
func TestAReaderSeesAndDoesNothingUntilTheRoleIsAnother(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	g := s.whole()
	admin := talktest.Login(t, g.url, "admin", adminPassword)
	reader, grace := staff(t, g.url, admin, "rhea", "Rhea", "reader"), staff(t, g.url, admin, "grace", "Grace", "agent")
	visitor := talktest.Dial(t, g.url)
	chat := visitor.Hello("Vera", "", 0).Chat
	visitor.Say("m1", "hand over")
	visitor.Find("the queue", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "waiting" })

	reader.Send("t", "open", "id", "o1", "chat", chat)
	reader.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" })
	reader.Event("message", "hand over")
	bustest.Eventually(t, "the chat in the reader's list", func() bool { return len(reader.Ask("t", "chats", "id", "l1").Chats) == 1 })
	for _, act := range []string{"take", "step_in", "dealt", "say", "note", "card", "return", "transfer", "close", "pass_on", "assign", "take_over", "close_source"} {
		f := reader.Try("t", act, "id", "no-"+act, "chat", chat, "to", "grace", "text", "x", "source", "0123456789", "edit", map[string]any{"add": []string{"x"}})
		if f.Code != "not_allowed" || f.Message == "" {
			t.Errorf("a reader's %s: %+v", act, f)
		}
	}
	grace.Do("t", "take", "id", "t1", "chat", chat)
	if f := grace.Try("t", "pass_on", "id", "p1", "chat", chat, "to", "rhea"); f.Code != "not_available" || f.Message != "Rhea doesn’t answer chats." {
		t.Errorf("a chat goes to a reader: %+v", f)
	}
	for _, f := range grace.Seen() {
		for _, a := range slices.Concat(f.Online, f.Agents) {
			if a.User == "rhea" {
				t.Errorf("a reader counts as online: %+v", f)
			}
		}
	}

	role := func(role string) {
		talktest.Call(t, g.url, http.MethodPut, "/api/agents/rhea", `{"role":"`+role+`"}`, admin)
		reader.Find("that the role is "+role, func(f talk.Frame) bool {
			a, _ := f.Agent.(map[string]any)
			return f.T == "you" && a["role"] == role
		})
	}
	role("agent")
	grace.Find("Rhea online", func(f talk.Frame) bool {
		return f.T == "online" && slices.ContainsFunc(f.Agents, func(a struct{ User string }) bool { return a.User == "rhea" })
	})
	reader.Do("t", "note", "id", "n1", "chat", chat, "text", "I can write")
	bustest.Eventually(t, "a chat goes to Rhea", func() bool {
		return grace.Ask("t", "pass_on", "id", "p2", "chat", chat, "to", "rhea").T == "ack"
	})
	reader.Do("t", "say", "id", "s1", "chat", chat, "text", "Hello!")
	grace.Forget()
	role("reader")
	grace.Find("Rhea gone", func(f talk.Frame) bool {
		return f.T == "online" && !slices.ContainsFunc(f.Agents, func(a struct{ User string }) bool { return a.User == "rhea" })
	})
	if f := reader.Try("t", "say", "id", "s2", "chat", chat, "text", "Hello again"); f.Code != "not_allowed" {
		t.Errorf("a reader speaks: %+v", f)
	}
}
