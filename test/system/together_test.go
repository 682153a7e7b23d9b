package system_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus"
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

// A note mentions a colleague who is offline. They read it when they sign in, at another gateway,
// until they have seen the chat; who is no account, or wrote the note, is not told, and the bucket
// holds no word of the note.
func TestWhoIsMentionedIsToldUntilTheyLook(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.escalation(escalation.Options{})
	g, other := s.gateway(), s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	grace, hedy := s.agent(g, "grace"), s.agent(other, "hedy")
	hedy.Close()
	first := grace.Do("t", "note", "id", "n1", "chat", w.Chat, "text", "@hedy she is a friend of @grace and @nobody, secret@hedy.example")
	again := grace.Do("t", "note", "id", "n1", "chat", w.Chat, "text", "@hedy she is a friend of @grace and @nobody, secret@hedy.example")
	if first.Seq == 0 || again.Seq != first.Seq {
		t.Errorf("noted at %d, and again at %d", first.Seq, again.Seq)
	}

	mentioned := func(seq uint64) func(talk.Frame) bool {
		return func(f talk.Frame) bool {
			return f.T == "mentions" && len(f.Mentions) == 1 && f.Mentions[0].Chat == w.Chat && f.Mentions[0].Seq == seq && f.Mentions[0].By == "grace"
		}
	}
	hedy = talktest.Console(t, other.url, "hedy", "a long password")
	hedy.Find("that she was mentioned", mentioned(first.Seq))
	second := grace.Do("t", "note", "id", "n2", "chat", w.Chat, "text", "Thanks, @Hedy!")
	hedy.Find("the later note", mentioned(second.Seq))
	hedy.Do("t", "open", "id", "o", "chat", w.Chat)
	hedy.Send("t", "mentions_seen", "chat", w.Chat, "seq", second.Seq)
	hedy.Find("that nothing is left", func(f talk.Frame) bool { return f.T == "mentions" && len(f.Mentions) == 0 })
	for _, f := range grace.Seen() {
		if f.T == "mentions" {
			t.Errorf("the author is told %+v", f)
		}
	}
	bucket, err := bus.OpenBucket[json.RawMessage](t.Context(), g.conn, bus.SiteBucket)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := bucket.Get(t.Context(), "mention.nobody"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("a record of nobody: %v", err)
	}
	grace.Do("t", "note", "id", "n3", "chat", w.Chat, "text", "@hedy it is a secret")
	if record, _, err := bucket.Get(t.Context(), "mention.hedy"); err != nil || strings.Contains(string(record), "secret") {
		t.Errorf("the record is %s, %v", record, err)
	}
}
