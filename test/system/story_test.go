package system_test

import "testing"

// The spine: a visitor talks to the bot, asks for a person, who answers and hands
// the chat back.
func TestOneConversationEndToEnd(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := dial(t, g.url)
	w := ada.hello("Ada", "", 0)
	if w.T != "welcome" || w.Status != "bot" || w.Token == "" {
		t.Fatalf("welcome: %+v", w)
	}
	seq := ada.say("m1", "hello there")
	if reply := ada.event("reply", "You said: hello there"); reply.Through != seq {
		t.Errorf("the reply covers %d, want %d", reply.Through, seq)
	}
	ada.say("m2", "escalate")
	if st := ada.event("state", ""); st.Status != "waiting" {
		t.Errorf("status after escalate: %s", st.Status)
	}
	ada.find("a place in the queue", func(f frame) bool { return f.T == "signal" && f.What == "queue" && f.Place == 1 })

	grace := console(t, g.url, "admin", adminPassword)
	grace.find("the waiting chat", func(f frame) bool { return f.T == "welcome" || f.T == "desk" })
	grace.write("t", "open", "id", "o1", "chat", w.Chat)
	grace.find("the chat", func(f frame) bool { return f.T == "opened" && f.ID == "o1" })
	grace.event("reply", "You said: hello there")
	grace.write("t", "take", "id", "t1", "chat", w.Chat)
	grace.acked("t1")
	grace.write("t", "note", "id", "n1", "chat", w.Chat, "text", "she is nice")
	grace.acked("n1")
	grace.write("t", "say", "id", "s1", "chat", w.Chat, "text", "Hello Ada")
	if say := ada.event("say", "Hello Ada"); say.From.Role != "agent" || say.From.Name == "" {
		t.Errorf("who says it: %+v", say.From)
	}
	ada.say("m3", "thank you")
	grace.event("message", "thank you")
	grace.write("t", "return", "id", "r1", "chat", w.Chat)
	grace.acked("r1")
	ada.find("the return", func(f frame) bool { return f.Kind == "state" && f.Status == "bot" && f.Reason == "returned" })
	ada.say("m4", "still there?")
	ada.event("reply", "You said: still there?")
	for _, f := range ada.seen() {
		if f.Kind == "note" || f.Text == "she is nice" {
			t.Errorf("the visitor sees a note: %+v", f)
		}
	}
}
