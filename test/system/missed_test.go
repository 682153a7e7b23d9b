package system_test

import (
	"context"
	"testing"

	"github.com/parley-chat/parley/botworker/answer"
	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// musing is a bot that thinks until it is let go on.
type musing struct{ asked, on chan struct{} }

func (b musing) Think(ctx context.Context, _ answer.Question, _ answer.Progress) (answer.Answer, error) {
	b.asked <- struct{}{}
	select {
	case <-b.on:
		return answer.Answer{Text: "It is waterproof."}, nil
	case <-ctx.Done():
		return answer.Answer{}, ctx.Err()
	}
}

// An agent steps in while the bot thinks. Its answer, which rests on a chat that was its own,
// is refused: the visitor hears one voice, and what they wrote is the agent's to answer.
func TestABotThatThinksSaysNothingOnceAnAgentStepsIn(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.escalation(escalation.Options{})
	bot := musing{make(chan struct{}), make(chan struct{})}
	s.bot(bot)
	g := s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	asked := ada.Say("m1", "is this vase waterproof?")
	<-bot.asked

	grace := talktest.Console(t, g.url, "admin", adminPassword)
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" })
	in := grace.Do("t", "step_in", "id", "s1", "chat", w.Chat)
	joined := ada.Find("Grace", func(f talk.Frame) bool { return f.Kind == "state" && f.Reason == "stepped_in" })
	if joined.Seq != in.Seq || joined.Status != "live" || joined.Through != asked {
		t.Errorf("she is told %+v, want %d, which leaves %d to Grace", joined, in.Seq, asked)
	}
	close(bot.on)
	s.settled("bot")
	grace.Do("t", "say", "id", "w1", "chat", w.Chat, "text", "Up to the rim.")
	ada.Event("say", "Up to the rim.")
	for _, f := range ada.Seen() {
		if f.Kind == "reply" {
			t.Errorf("the bot spoke beside Grace: %+v", f)
		}
	}
	grace.Do("t", "return", "id", "r1", "chat", w.Chat)
	go func() { <-bot.asked }()
	second := ada.Say("m2", "and the rim?")
	if reply := ada.Event("reply", "It is waterproof."); reply.Through != second {
		t.Errorf("the reply covers %d, want %d", reply.Through, second)
	}
}

// An address is for agents, who are told of it and keep it when the visitor's browser forgets
// the chat. Each frame is for its own side.
func TestAnAddressIsForAgentsAndOutlivesTheBrowser(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	for _, bad := range []string{"", "ada", "ada@example.com, bob@example.com", "ada@example.com bob@example.com", "ada@localhost"} {
		if f := ada.Try("t", "leave_email", "id", "bad", "email", bad); f.Code != "bad_text" {
			t.Errorf("%q: %+v", bad, f)
		}
	}
	left := ada.Do("t", "leave_email", "id", "e1", "email", " ada@example.com ")
	if again := ada.Do("t", "leave_email", "id", "e1", "email", "ada@example.com", "again", true); again.Seq != left.Seq {
		t.Errorf("sent again, it stands at %d and %d", left.Seq, again.Seq)
	}
	noted := ada.Find("that it is noted", func(f talk.Frame) bool { return f.Kind == "state" && f.Reason == "email_left" })
	if noted.Status != "bot" || noted.Text != "Thanks! We'll get back to you at ada@example.com." {
		t.Errorf("she is told %+v", noted)
	}

	grace := talktest.Console(t, g.url, "admin", adminPassword)
	missed := func(f talk.Frame) bool { return f.Chat == w.Chat && f.Missed != nil && f.Email == "ada@example.com" }
	grace.Find("the missed chat on the desk", func(f talk.Frame) bool {
		for _, e := range f.Desk {
			if missed(e) {
				return true
			}
		}
		return f.T == "desk" && f.Set != nil && missed(*f.Set)
	})
	for who, no := range map[string]talk.Frame{
		"a visitor steps in":         ada.Try("t", "step_in", "id", "x1", "chat", w.Chat),
		"a visitor marks it":         ada.Try("t", "dealt", "id", "x2", "chat", w.Chat),
		"an agent leaves an address": grace.Try("t", "leave_email", "id", "x3", "chat", w.Chat, "email", "ann@example.com"),
	} {
		if no.T != "error" || no.Code != "bad_frame" {
			t.Errorf("%s: %+v", who, no)
		}
	}
	ada.Do("t", "forget", "id", "f1", "token", w.Token)
	grace.Send("t", "open", "id", "o1", "chat", w.Chat)
	if opened := grace.Find("the chat", func(f talk.Frame) bool { return f.T == "opened" && f.ID == "o1" }); opened.Missed != true || opened.Email != "ada@example.com" {
		t.Errorf("once the browser has forgotten the chat: %+v", opened)
	}
	grace.Find("the address in the log", func(f talk.Frame) bool { return f.Kind == "ask" && f.Seq == left.Seq && f.Email == "ada@example.com" })
	for _, f := range ada.Seen() {
		if f.Email != "" {
			t.Errorf("a copy of the visitor's token shows the address: %+v", f)
		}
	}
	grace.Do("t", "dealt", "id", "d1", "chat", w.Chat)
	grace.Find("that it is off the list", func(f talk.Frame) bool { return f.T == "desk" && f.Gone == w.Chat })
}

// A visitor in line is told whether anybody is there, as soon as that changes.
func TestWhoWaitsIsToldWhetherAnybodyIsThere(t *testing.T) {
	s := newSystem(t)
	g := s.whole()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Do("t", "escalate", "id", "m1")
	place := func(nobody bool) func(talk.Frame) bool {
		return func(f talk.Frame) bool {
			return f.T == "signal" && f.What == "queue" && f.Place == 1 && f.Nobody == nobody
		}
	}
	ada.Find("that nobody is there", place(true))
	agent := talktest.Console(t, g.url, "admin", adminPassword)
	ada.Find("that somebody is there", func(f talk.Frame) bool { return place(false)(f) && !f.Busy })

	// Nor does the line promise somebody who has another chat.
	agent.Do("t", "take", "id", "t1", "chat", w.Chat)
	grace := talktest.Dial(t, g.url)
	grace.Hello("Grace", "", 0)
	grace.Do("t", "escalate", "id", "m1")
	grace.Find("that the only agent has a chat", func(f talk.Frame) bool { return place(false)(f) && f.Busy })
	grace.Forget()
	agent.Do("t", "return", "id", "t2", "chat", w.Chat)
	grace.Find("that the agent is free again", func(f talk.Frame) bool { return place(false)(f) && !f.Busy })
}
