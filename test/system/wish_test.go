package system_test

import (
	"fmt"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/gateway"
	"github.com/parley-chat/parley/pkg/wish"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// The bot prints the command in backticks and telephones add a full stop: a person is
// called all the same, at once and without a bot. What was typed stays in the chat.
func TestTheCommandCallsAPersonInWhateverFormItIsTyped(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	g := s.gateway(func(o *gateway.Options) { o.Words = wish.NewWords("talk to sales") })
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	for i, text := range []string{"escalate.", "`escalate`", "Escalate 🙏", "please escalate!", "ｅｓｃａｌａｔｅ", "/escalate now", "Talk to sales, please"} {
		id := fmt.Sprintf("m%d", i)
		seq := ada.Say(id, text)
		if again := ada.Say(id, text); again != seq {
			t.Errorf("%q is stored twice: %d and %d", text, seq, again)
		}
		ada.Find("the request as it was typed", func(f talk.Frame) bool { return f.Seq == seq && f.Kind == "ask" && f.Text == text })
		ada.Find("a place in line", func(f talk.Frame) bool { return f.Seq > seq && f.Kind == "state" && f.Status == "waiting" })
		left := ada.Do("t", "cancel", "id", fmt.Sprintf("c%d", i))
		ada.Find("out of line", func(f talk.Frame) bool { return f.Seq > left.Seq && f.Kind == "state" && f.Status == "bot" })
	}
	seq := ada.Say("question", "how does escalate work?")
	ada.Find("a question as a message", func(f talk.Frame) bool { return f.Seq == seq && f.Kind == "message" })
}
