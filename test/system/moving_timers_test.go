package system_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// Whoever waits when their chat is moved counts in the share of their address as before, and the
// timers of chats go on at the new home: a wait that is too long, an answer that is owed, a chat that
// is to wake. The workers there begin after the move, and those of the old home end before it.
func TestTimersOfMovedChatsGoOn(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	eu.history()
	eu.bot(echo{})
	desk, geu := eu.escalation(escalation.Options{}), eu.gateway()
	ap.history()
	ap.bot(echo{})
	ap.gateway()
	o := operatorOf(eu, ap)
	agent := talktest.Console(t, geu.url, "admin", adminPassword)
	meet := func(name string) chat.ID {
		c := talktest.Dial(t, geu.url)
		met := c.Hello(name, talk.Secret(), 0)
		c.Say("m1", "hand over")
		c.Event("state", "waiting")
		if name != "Ada" {
			agent.Do("t", "take", "id", "t"+name, "chat", met.Chat)
			c.Event("state", "live")
		}
		if name == "Bob" {
			c.Say("m2", "are you there?")
		}
		return chat.ID(met.Chat)
	}
	waits, owed, sleeps := meet("Ada"), meet("Bob"), meet("Cid")
	said := agent.Do("t", "say", "id", "s1", "chat", string(sleeps), "text", "I'll ask")
	agent.Do("t", "snooze", "id", "z1", "chat", string(sleeps), "until", time.Now().Add(5*time.Second).UTC().Format(time.RFC3339), "seen", said.Seq)
	desk.stop()
	before, err := o["eu"].Last(t.Context(), waits)
	if err != nil || before.State.Source == "" {
		t.Fatalf("who waits comes from %q, %v", before.State.Source, err)
	}
	for _, id := range []chat.ID{waits, owed, sleeps} {
		o.moveSurely(t, string(id), "eu", "ap")
	}
	if s, err := o["ap"].Last(t.Context(), waits); err != nil || s.State.Source != before.State.Source || !s.State.Asked.Equal(before.State.Asked) {
		t.Errorf("after the move: %+v, %v; before it %+v", s.State, err, before.State)
	}
	if s, err := o["ap"].Last(t.Context(), sleeps); err != nil || !s.State.Asleep() {
		t.Errorf("the chat that sleeps: %+v, %v", s.State, err)
	}

	ap.escalation(escalation.Options{WaitLimit: time.Millisecond, AnswerLimit: time.Millisecond, AwayGrace: time.Hour})
	state := func(id chat.ID) chat.State {
		s, err := o["ap"].Last(t.Context(), id)
		if err != nil {
			return chat.State{}
		}
		return s.State
	}
	bustest.Eventually(t, "the wait to end", func() bool { return state(waits).Is() == chat.WithBot })
	bustest.Eventually(t, "the answer that is owed to be noticed", func() bool { s := state(owed); return s.Status != "" && s.Is() != chat.Live })
	bustest.Eventually(t, "the chat to wake", func() bool { s := state(sleeps); return s.Status != "" && !s.Asleep() })
}
