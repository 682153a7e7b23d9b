package escalation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

func TestAVisitorWhoWaitsTooLongGoesBackToTheBotAndReadsWhy(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.WaitLimit = 2 * time.Second
	s.work("one", opts)
	s.work("two", opts)
	s.ask(id, chat.Escalate)
	wrote := s.message(id, "hello?")
	want := []chat.Reason{chat.Escalated, chat.NobodyCame}
	bustest.Eventually(t, "the wait ends", func() bool { return slices.Equal(s.reasons(id), want) })
	back := s.last(id)
	if back.State.AnsweredThrough < wrote || back.State.Handover {
		t.Errorf("%+v, want it dealt with through %d", back.State, wrote)
	}
	s.unlisted(id)
	changes := s.changes(id)
	last := changes[len(changes)-1]
	if last.Reason != chat.NobodyCame || !strings.Contains(last.Text, "Leave your email") || last.From.Role != chat.RoleSystem {
		t.Errorf("told %+v", last)
	}
	if waited := last.At.Sub(changes[0].At); waited < opts.WaitLimit-100*time.Millisecond {
		t.Errorf("sent back after %s, want %s", waited, opts.WaitLimit)
	}
	// The visitor can ask again, and the same happens again.
	s.ask(id, chat.Escalate)
	want = append(want, want...)
	bustest.Eventually(t, "the second wait ends too", func() bool { return slices.Equal(s.reasons(id), want) })
}

// A replica that was paused sets the timer of an earlier wait when it continues. A chat
// has one timer of each kind, so the present wait has only that one.
func TestAWaitWhoseTimerWasReplacedByAnEarlierWaitsEndsInTime(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	opts := patient()
	opts.WaitLimit = 4 * time.Second
	s.work("one", opts)
	s.ask(id, chat.Escalate)
	before := s.becomes(id, chat.Waiting)
	s.ask(id, chat.Cancel)
	s.becomes(id, chat.WithBot)
	s.ask(id, chat.Escalate)
	s.becomes(id, chat.Waiting)
	bustest.Eventually(t, "the timer to be set", func() bool { return s.server.Settled(roles.Timing.Name) })
	if err := s.conn.SetTimer(t.Context(), bus.Timer{Chat: id, Kind: "wait", Seq: before.Out, At: time.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	s.becomes(id, chat.WithBot)
	changes := s.changes(id)
	last := changes[len(changes)-1]
	if last.Reason != chat.NobodyCame || last.At.Sub(changes[len(changes)-2].At) < opts.WaitLimit {
		t.Errorf("it ended by %s, %s after it began", last.Reason, last.At.Sub(changes[len(changes)-2].At))
	}
}

func TestAnAgentWhoDoesNotAnswerLosesTheChat(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.AnswerLimit = 6 * time.Second // what the agent says before that may take a while
	s.work("one", opts)

	never, once, answered := chat.NewID(), chat.NewID(), chat.NewID()
	for _, id := range []chat.ID{never, once, answered} {
		s.ask(id, chat.Escalate)
		s.becomes(id, chat.Waiting)
		s.must(roles.DeskTake, id, grace, "")
	}
	s.must(roles.DeskSay, once, grace, "hello")
	s.must(roles.DeskSay, answered, grace, "hello")
	asked := s.message(once, "are you there?")
	s.message(answered, "thanks")
	s.must(roles.DeskSay, answered, grace, "you are welcome")

	for _, id := range []chat.ID{never, once} {
		s.becomes(id, chat.Waiting)
		s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return e.Agent == nil })
		if got := s.reasons(id); !slices.Equal(got, []chat.Reason{chat.Escalated, chat.Taken, chat.NoAnswer}) {
			t.Errorf("the chat went %v", got)
		}
	}
	changes := s.changes(once)
	tail, err := s.conn.TailOf(t.Context(), once, asked-1, chat.RoleVisitor)
	if err != nil {
		t.Fatal(err)
	}
	if left := changes[2].At.Sub(tail.Events[0].At); left < opts.AnswerLimit {
		t.Errorf("taken from the agent %s after the message, want at least %s", left, opts.AnswerLimit)
	}
	if got := s.last(answered).State; got.Is() != chat.Live || got.Agent.User != grace.User {
		t.Errorf("a chat that was answered: %+v", got)
	}
	// The one who answered is held to it later too.
	s.message(answered, "and one thing more")
	s.becomes(answered, chat.Waiting)
}

func TestAChatInWhichNothingHappensIsClosed(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.IdleLimit = 6 * time.Second // what happens before that may take a while
	s.work("one", opts)
	s.work("two", opts)
	withBot, live, busy := chat.NewID(), chat.NewID(), chat.NewID()
	s.opened(withBot, s.message(withBot, "hello"), opts.IdleLimit)
	s.reply(withBot, false)
	s.message(live, "hello")
	s.ask(live, chat.Escalate)
	s.becomes(live, chat.Waiting)
	s.must(roles.DeskTake, live, grace, "")
	began := time.Now()
	s.opened(busy, s.message(busy, "hello"), opts.IdleLimit)
	for _, id := range []chat.ID{withBot, live} {
		bustest.Eventually(t, "it is closed, while somebody writes in another chat", func() bool {
			s.message(busy, "still here")
			return s.last(id).State.Is() == chat.Closed
		})
		changes := s.changes(id)
		if last := changes[len(changes)-1]; last.Reason != chat.Idle || last.At.Sub(began) < time.Second {
			t.Errorf("closed by %s, %s after the start", last.Reason, last.At.Sub(began))
		}
	}
	s.unlisted(live)
	if got := s.last(busy).State; got.Is() != chat.WithBot {
		t.Errorf("the chat in which somebody wrote all the while is %s", got.Is())
	}
	// What the bot has not answered it still owes, and the chat goes on.
	s.becomes(busy, chat.Closed)
	if got := s.last(busy).State; got.AnsweredThrough != 0 {
		t.Errorf("closed: %+v, want the messages still to be answered", got)
	}
	s.opened(withBot, s.message(withBot, "hello again"), opts.IdleLimit)
	s.reply(withBot, false)
	bustest.Eventually(t, "it is closed a second time", func() bool {
		return slices.Equal(s.reasons(withBot), []chat.Reason{chat.Idle, chat.Idle})
	})
}
