package system_test

import (
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// looks is a signal that says who has a chat in view, or no longer has.
func looks(user string, on, writes bool) func(talk.Frame) bool {
	return func(f talk.Frame) bool {
		return f.T == "signal" && f.What == "looks" && f.From.User == user && f.On == on && f.Writes == writes
	}
}

// Two agents at two gateways see each other in a chat: who looks, who writes, how far they have
// read, and that one is gone when the tab is closed. The visitor is told nothing of it.
func TestAgentsSeeWhoElseIsInAChat(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g, other := s.gateway(), s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	reply := ada.Event("reply", "You said: hello")

	grace, hedy := s.agent(g, "grace"), s.agent(other, "hedy")
	grace.Do("t", "open", "id", "o", "chat", w.Chat)
	hedy.Send("t", "look", "chat", w.Chat, "on", true, "seq", reply.Seq) // a chat that she does not watch
	hedy.Do("t", "open", "id", "o", "chat", w.Chat)
	hedy.Send("t", "look", "chat", w.Chat, "on", true, "seq", 1<<40)
	first := grace.Find("that Hedy looks", looks("hedy", true, false))
	if first.Seq == 0 || first.Seq > reply.Seq || first.Chat != w.Chat || first.From.Role != "agent" || first.From.Name == "" {
		t.Errorf("Hedy looks: %+v", first)
	}
	grace.Send("t", "look", "chat", w.Chat, "on", true, "writes", true, "seq", reply.Seq)
	hedy.Find("that Grace writes", looks("grace", true, true))
	hedy.Close()
	grace.Find("that Hedy is gone", looks("hedy", false, false))
	hedy = talktest.Console(t, other.url, "hedy", "a long password")
	hedy.Do("t", "open", "id", "o", "chat", w.Chat)
	grace.Send("t", "leave", "chat", w.Chat)
	hedy.Find("that Grace no longer looks", looks("grace", false, false))

	ada.Say("m2", "still there?")
	ada.Event("reply", "You said: still there?")
	for _, f := range ada.Seen() {
		if f.What == "looks" || f.From.User != "" {
			t.Errorf("the visitor is told %+v", f)
		}
	}
}
