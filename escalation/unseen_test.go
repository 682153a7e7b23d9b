package escalation_test

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/roles"
)

// What an agent wrote while they were offline is not said over two messages that they have not
// seen. Nothing is lost or said twice: the same words go through once they say so, and a call
// that was made before the messages came is answered with what became of it.
func TestWordsWrittenOfflineAreNotSaidOverWhatCame(t *testing.T) {
	s := newStage(t)
	s.work("escalation", patient())
	id := chat.NewID()
	s.message(id, "hello")
	s.ask(id, chat.Escalate)
	bustest.Eventually(t, "the chat waits", func() bool { return s.last(id).State.Is() == chat.Waiting })
	if _, err := bus.Call(t.Context(), s.conn, roles.DeskTake, roles.DeskRequest{Chat: id, ID: "take", Agent: grace}); err != nil {
		t.Fatal(err)
	}
	say := func(call, text string, seen uint64) (uint64, error) {
		reply, err := bus.Call(t.Context(), s.conn, roles.DeskSay, roles.DeskRequest{Chat: id, ID: call, Agent: grace, Text: text, Seen: seen})
		return reply.Seq, err
	}
	seen := s.message(id, "my order is late")
	first, err := say("s1", "I'm looking", seen)
	if err != nil {
		t.Fatal("everything was seen: ", err)
	}
	s.message(id, "oh, it has just arrived")
	if _, err := say("s2", "Which order?", first); err != nil {
		t.Fatal("one message came: ", err)
	}
	s.message(id, "thanks anyway")
	before := s.last(id).Out
	_, err = say("s3", "I'll send it again", first)
	refusal, ok := errors.AsType[*bus.Refusal](err)
	if !ok || refusal.Code != codes.Unseen || refusal.Message != "2 messages came in since you wrote this." {
		t.Fatalf("two messages came: %v", err)
	}
	if now := s.last(id).Out; now != before {
		t.Errorf("something was said at %d", now)
	}
	if again, err := say("s1", "I'm looking", seen); err != nil || again != first {
		t.Errorf("a call whose answer was lost gets %d and %v, want %d", again, err, first)
	}
	if _, err := say("s3", "I'll send it again", 0); err != nil {
		t.Error("they want it said anyway: ", err)
	}
}
