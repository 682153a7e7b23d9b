package system_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A name that is given in the chat is what everybody reads from then on, also where the
// visitor's other tab writes. The chat and its token stay those of the first name.
func TestANameGivenInTheChatIsShownEverywhere(t *testing.T) {
	s := newSystem(t)
	g, other := s.whole(), s.gateway()
	first, second := talktest.Dial(t, g.url), talktest.Dial(t, other.url)
	w := first.Hello("Visitor", "", 0)
	first.Say("m1", "hello")
	first.Event("reply", "You said: hello")
	if again := second.Hello("Visitor", w.Token, 0); again.Chat != w.Chat || again.Called != "" {
		t.Fatalf("the other tab: %+v", again)
	}
	second.Event("reply", "You said: hello")
	grace := talktest.Console(t, g.url, "admin", adminPassword)
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	if opened := grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" }); opened.Name != "Visitor" || opened.Called != "" {
		t.Errorf("the agent opens the chat of %q", opened.Name)
	}

	first.Do("t", "name", "id", "n1", "name", "  Ada\u202e \n Lovelace ")
	named := func(f talk.Frame) bool { return f.T == "event" && f.Reason == "named" && f.Called == "Ada Lovelace" }
	for _, c := range []*talktest.Client{first, second, grace} {
		c.Find("the given name", named)
	}
	second.Say("m2", "and now?")
	if e := grace.Event("message", "and now?"); e.From.Name != "Ada Lovelace" {
		t.Errorf("the other tab writes as %q", e.From.Name)
	}
	second.Event("reply", "You said: and now?")

	third := talktest.Dial(t, s.gateway().url)
	if back := third.Hello("Visitor", w.Token, 0); back.Chat != w.Chat || back.Name != "Visitor" || back.Called != "Ada Lovelace" {
		t.Errorf("who comes back is greeted with %+v", back)
	}
	if no := talktest.Dial(t, g.url).Ask("t", "hello", "name", "Ada Lovelace", "token", w.Token); no.Code != "bad_token" {
		t.Errorf("the given name as a key: %+v", no)
	}
	// A gateway that had not heard of it stores one under the first name.
	stale := chat.Event{Chat: chat.ID(w.Chat), Kind: chat.Message, ID: "stale", From: chat.Speaker{Role: chat.RoleVisitor, Name: "Visitor"}, Text: "and this?"}
	if _, err := s.connect("a gateway that lags").AppendIn(t.Context(), stale, nil); err != nil {
		t.Fatal(err)
	}
	grace.Event("message", "and this?")
	later := talktest.Console(t, g.url, "admin", adminPassword)
	later.Send("t", "open", "id", "o2", "chat", w.Chat)
	if opened := later.Find("the chat again", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o2" }); opened.Name != "Ada Lovelace" || opened.Called != opened.Name {
		t.Errorf("the agent opens the chat of %q, called %q", opened.Name, opened.Called)
	}
	if no := first.Ask("t", "name", "id", "n2", "name", "\u200b"); no.Code != "bad_name" {
		t.Errorf("a name that nobody can see: %+v", no)
	}
}
