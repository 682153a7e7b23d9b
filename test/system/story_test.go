package system_test

import (
	"testing"

	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// The core story: a visitor talks to the bot and requests a person, who answers and hands
// the chat back.
func TestOneConversationEndToEnd(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	if w.T != "welcome" || w.Status != "bot" || w.Token == "" {
		t.Fatalf("welcome: %+v", w)
	}
	seq := ada.Say("m1", "hello there")
	if reply := ada.Event("reply", "You said: hello there"); reply.Through != seq {
		t.Errorf("the reply covers %d, want %d", reply.Through, seq)
	}
	ada.Say("m2", "escalate")
	if st := ada.Event("state", ""); st.Status != "waiting" {
		t.Errorf("status after escalate: %s", st.Status)
	}
	ada.Find("a place in the queue", func(f talk.Frame) bool { return f.T == "signal" && f.What == "queue" && f.Place == 1 })

	grace := talktest.Console(t, g.url, "admin", adminPassword)
	grace.Find("the waiting chat", func(f talk.Frame) bool { return f.T == "welcome" || f.T == "desk" })
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" })
	grace.Event("reply", "You said: hello there")
	grace.Do("t", "take", "id", "t1", "chat", w.Chat)
	grace.Do("t", "note", "id", "n1", "chat", w.Chat, "text", "she is nice")
	grace.Send("t", "say", "id", "s1", "chat", w.Chat, "text", "Hello Ada")
	if say := ada.Event("say", "Hello Ada"); say.From.Role != "agent" || say.From.Name == "" {
		t.Errorf("who says it: %+v", say.From)
	}
	ada.Say("m3", "thank you")
	grace.Event("message", "thank you")
	grace.Do("t", "return", "id", "r1", "chat", w.Chat)
	ada.Find("the return", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "bot" && f.Reason == "returned" })
	ada.Say("m4", "still there?")
	ada.Event("reply", "You said: still there?")
	for _, f := range ada.Seen() {
		if f.Kind == "note" || f.Text == "she is nice" {
			t.Errorf("the visitor sees a note: %+v", f)
		}
	}
}
