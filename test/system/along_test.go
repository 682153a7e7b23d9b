package system_test

import (
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// A macro that was started in a tunnel is not said over what the visitor wrote meanwhile: nothing
// of it is done until the agent has been asked.
func TestAMacroIsNotSaidOverWhatItsAgentHasNotSeen(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Do("t", "escalate", "id", "e1")
	grace, hedy := s.agent(g, "grace"), s.agent(g, "hedy")
	ada.Find("the queue", func(f talk.Frame) bool { return f.Status == "waiting" })
	grace.Do("t", "take", "id", "t1", "chat", w.Chat)
	seen := grace.Do("t", "open", "id", "o1", "chat", w.Chat).Seq
	ada.Say("m1", "wait")
	ada.Say("m2", "I have found it")
	refund := map[string]any{"title": "Refund", "tags": []string{"refund"}, "then": "close"}
	if no := grace.Try("t", "macro", "id", "x1", "chat", w.Chat, "text", "We send it again.", "seen", seen, "macro", refund); no.T != "error" || no.Code != "unseen" {
		t.Errorf("over two messages: %+v", no)
	}
	if now := hedy.Do("t", "open", "id", "o2", "chat", w.Chat); now.Status != "live" || len(now.Card.Tags) != 0 {
		t.Errorf("after it was refused the chat is %+v", now)
	}
	if yes := grace.Try("t", "macro", "id", "x1", "chat", w.Chat, "text", "We send it again.", "macro", refund); yes.T != "ack" || yes.Refused != "" {
		t.Errorf("sent anyway: %+v", yes)
	}
	ada.Event("say", "We send it again.")
}

// The note that goes along with a chat mentions colleagues as any other does.
func TestANoteThatGoesAlongMentionsColleagues(t *testing.T) {
	t.Parallel()
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Do("t", "escalate", "id", "e1")
	grace, hedy, linus := s.agent(g, "grace"), s.agent(g, "hedy"), s.agent(g, "linus")
	ada.Find("the queue", func(f talk.Frame) bool { return f.Status == "waiting" })
	grace.Do("t", "take", "id", "t1", "chat", w.Chat)
	grace.Do("t", "pass_on", "id", "p1", "chat", w.Chat, "to", "hedy", "text", "@linus knows more")
	linus.Find("that he is mentioned", func(f talk.Frame) bool {
		return f.T == "mentions" && len(f.Mentions) == 1 && f.Mentions[0].Chat == w.Chat && f.Mentions[0].By == "grace"
	})
	hedy.Find("the chat", func(f talk.Frame) bool { return f.T == "desk" && f.Set != nil && f.Set.Status == "live" })
}
