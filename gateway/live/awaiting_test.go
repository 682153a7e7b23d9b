package live

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-chat/parley/gateway/conn/conntest"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// A visitor who asks and leaves has a question open until the reply, which is still seen;
// then the chat is no longer followed. One who comes back meanwhile is shown it like
// anybody.
func TestAReplyIsAwaitedAfterTheVisitorHasLeft(t *testing.T) {
	conn := bustest.Conn(t)
	h := NewHub(t.Context(), conn, Options{})
	done := make(chan error, 1)
	go func() { done <- h.Run() }()
	t.Cleanup(func() { <-done })
	var answered atomic.Int32
	count := func() { answered.Add(1) }
	followed := func(id chat.ID) bool { return h.find(id) != nil }

	id := chat.NewID()
	s, _ := conntest.Pair(t)
	v := enter(t, h, id, s)
	asked := appendMessage(t, conn, id, 1)
	v.AwaitReply(asked.Seq, time.Now(), count)
	v.Leave()
	if !followed(id) || answered.Load() != 0 {
		t.Fatal("nobody waits for the reply any more")
	}
	back, client := conntest.Pair(t)
	again := enter(t, h, id, back)
	second := appendMessage(t, conn, id, 2)
	again.AwaitReply(second.Seq, time.Now(), count)
	reply := appendReply(t, conn, id, asked.Seq)
	expect(t, client, asked.Seq, second.Seq, reply.Seq)
	bustest.Eventually(t, "the first is answered", func() bool { return answered.Load() == 1 })
	again.Leave()
	last := appendReply(t, conn, id, second.Seq)
	bustest.Eventually(t, "the second is answered, and the chat is left alone", func() bool { return answered.Load() == 2 && !followed(id) })

	// A reply that was seen already is not awaited, and one that never comes not for ever.
	third, _ := conntest.Pair(t)
	v = enter(t, h, id, third)
	h.Live(last, second.Seq)
	v.AwaitReply(second.Seq, time.Now(), count)
	if answered.Load() != 3 {
		t.Error("a reply that was seen is awaited")
	}
	v.AwaitReply(last.Seq+1, time.Now(), count)
	v.Leave()
	h.overdue(time.Now().Add(-awaitedFor))
	if !followed(id) || answered.Load() != 3 {
		t.Error("a reply was not awaited for long enough")
	}
	h.overdue(time.Now().Add(time.Second))
	if followed(id) || answered.Load() != 4 || len(h.kept) != 0 {
		t.Errorf("a reply that never comes is awaited: %d ended, %d chats are kept", answered.Load(), len(h.kept))
	}
}

// While no bot is there a question waits however long that lasts, so it stays open; once a
// bot is back, one whose reply was seen nowhere is given up in time.
func TestAQuestionStaysOpenWhileNoBotIsThere(t *testing.T) {
	h, _ := silentHub(t)
	seen := false
	h.botSeen = func() bool { return seen }
	s, _ := conntest.Pair(t)
	id, answered := chat.NewID(), 0
	v := enter(t, h, id, s)
	now := time.Now()
	v.AwaitReply(1, now, func() { answered++ })
	v.Leave()
	look := func(after time.Duration) {
		now = now.Add(after)
		h.giveUp(now)
	}
	look(awaitedFor + time.Second)
	look(time.Hour)
	if answered != 0 || h.find(id) == nil {
		t.Fatal("a question that waits for a bot is no longer counted")
	}
	seen = true
	look(awaitedFor - time.Second)
	if answered != 0 {
		t.Error("the bot that is back had no time to answer")
	}
	look(time.Second)
	if answered != 1 || h.find(id) != nil || len(h.kept) != 0 {
		t.Errorf("a reply that never comes is awaited: %d ended, %d chats are kept", answered, len(h.kept))
	}
}

// A chat that goes to a person has no open question any more.
func TestNoReplyIsAwaitedOnceAPersonIsCalled(t *testing.T) {
	h, _ := silentHub(t)
	s, _ := conntest.Pair(t)
	id, answered := chat.NewID(), 0
	v := enter(t, h, id, s)
	v.AwaitReply(1, time.Now(), func() { answered++ })
	h.Live(chat.Event{Chat: id, Seq: 2, Kind: chat.StateChange, State: &chat.State{Status: chat.Waiting}}, 0)
	if answered != 1 {
		t.Error("a reply is awaited from a bot that keeps silent")
	}
	v.AwaitReply(3, time.Now(), func() { answered++ })
	if answered != 2 {
		t.Error("a reply is awaited from a bot that kept silent already")
	}
}

// While a chat is followed for its reply alone nothing is read again for anybody, and
// whoever comes back goes on without a gap.
func TestNothingIsReadForAVisitorWhoHasLeft(t *testing.T) {
	h, conn := silentHub(t)
	var rereads atomic.Int32
	h.metrics.Reread = func() { rereads.Add(1) }
	s, _ := conntest.Pair(t)
	id := chat.NewID()
	v := enter(t, h, id, s)
	v.AwaitReply(1000, time.Now(), func() {})
	v.Leave()
	first := appendMessage(t, conn, id, 1)
	second := appendMessage(t, conn, id, 2)
	h.Live(second, first.Seq) // the copy of the first is lost
	h.find(id).lost()
	if h.find(id).behind(t.Context()) || rereads.Load() > 0 {
		t.Error("missed events are read for nobody")
	}
	back, client := conntest.Pair(t)
	enter(t, h, id, back)
	third := appendMessage(t, conn, id, 3)
	h.Live(third, second.Seq)
	expect(t, client, first.Seq, second.Seq, third.Seq)
	if rereads.Load() > 0 {
		t.Error("the chat goes on from where it was left")
	}
}
