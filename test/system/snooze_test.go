package system_test

import (
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// An agent snoozes a chat; a colleague at another gateway sees it on the desk; the visitor is told
// nothing, and wakes it by a message, which the bot hears.
func TestASnoozedChatWakesWhenItsVisitorWrites(t *testing.T) {
	s := newSystem(t)
	s.history()
	s.bot(echo{})
	s.bot(echo{})
	s.escalation(escalation.Options{})
	s.escalation(escalation.Options{})
	g, other := s.gateway(), s.gateway()
	ada := talktest.Dial(t, g.url)
	w := ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	ada.Do("t", "escalate", "id", "e1")
	grace, hedy := s.agent(g, "grace"), s.agent(other, "hedy")
	ada.Event("state", "You asked for a person.")
	grace.Do("t", "take", "id", "t1", "chat", w.Chat)
	said := grace.Do("t", "say", "id", "s1", "chat", w.Chat, "text", "I'll ask")
	grace.Do("t", "open", "id", "o", "chat", w.Chat)
	ada.Event("say", "I'll ask")

	for _, bad := range []struct{ until, code string }{
		{"tomorrow", "bad_time"}, {"0001-01-01T00:00:00Z", "bad_time"}, {"2020-01-01T00:00:00Z", "bad_time"}, {time.Now().AddDate(2, 0, 0).Format(time.RFC3339), "bad_time"},
	} {
		if f := grace.Try("t", "snooze", "id", "b1", "chat", w.Chat, "until", bad.until); f.Code != bad.code || !strings.HasSuffix(f.Message, ".") {
			t.Errorf("until %s: %+v", bad.until, f)
		}
	}
	if f := grace.Try("t", "snooze", "id", "b2", "chat", w.Chat, "minutes", -1); f.Code != "bad_time" {
		t.Errorf("minus one minute: %+v", f)
	}
	if f := hedy.Try("t", "snooze", "id", "b3", "chat", w.Chat); f.Code != "taken" {
		t.Errorf("somebody else's chat: %+v", f)
	}
	until := time.Now().Add(24 * time.Hour).UTC().Truncate(time.Second)
	slept := grace.Do("t", "snooze", "id", "z1", "chat", w.Chat, "until", until.Format(time.RFC3339), "seen", said.Seq)
	if again := grace.Do("t", "snooze", "id", "z1", "chat", w.Chat, "until", until.Format(time.RFC3339), "seen", said.Seq); again.Seq != slept.Seq {
		t.Errorf("snoozed at %d, and again at %d", slept.Seq, again.Seq)
	}
	entry := hedy.Find("it is snoozed", listed(w.Chat, "live", true))
	if !entry.Set.Until.Equal(until) || holder(entry) != "grace" {
		t.Errorf("the desk says %+v", entry.Set)
	}
	grace.Find("the change", func(f talk.Frame) bool { return f.T == "event" && f.Reason == "snoozed" && f.Until.Equal(until) })

	ada.Say("m2", "one more thing")
	grace.Find("it woke up", func(f talk.Frame) bool { return f.T == "event" && f.Reason == "woken" && f.From.Role == "system" })
	woke := hedy.Find("it is awake", func(f talk.Frame) bool { return listed(w.Chat, "live", false)(f) && !f.Set.Woke.IsZero() })
	if holder(woke) != "grace" {
		t.Errorf("the desk says %+v", woke.Set)
	}
	grace.Do("t", "say", "id", "s2", "chat", w.Chat, "text", "done")
	ada.Event("say", "done")
	for _, f := range ada.Seen() {
		if f.Reason == "snoozed" || f.Reason == "woken" || !f.Until.IsZero() || f.T == "event" && f.Kind == "state" && f.Text == "" && f.From.Name != "" {
			t.Errorf("the visitor is told %+v", f)
		}
	}
}

// listed is an entry of a chat on the desk.
func listed(id, status string, snoozed bool) func(talk.Frame) bool {
	return func(f talk.Frame) bool {
		return f.T == "desk" && f.Set != nil && f.Set.Chat == id && f.Set.Status == status && f.Set.Snoozed == snoozed
	}
}

// holder is the account that has the chat of an entry.
func holder(f talk.Frame) any {
	if a, ok := f.Set.Agent.(map[string]any); ok {
		return a["user"]
	}
	return nil
}
