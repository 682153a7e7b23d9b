package escalation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// snoozes has the agent snooze a chat until then; zero: until the visitor writes.
func (s *stage) snoozes(id chat.ID, agent chat.Agent, until time.Time) uint64 {
	s.Helper()
	seq, err := s.call(roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: agent, Until: until})
	if err != nil {
		s.Fatal(err)
	}
	return seq
}

// wakes sets the timer that the bot sets when a message comes.
func (s *stage) wakes(id chat.ID, seq uint64) {
	s.Helper()
	if err := s.conn.SetTimer(s.Context(), bus.Timer{Chat: id, Kind: roles.WakeTimer, Seq: seq, At: time.Now()}); err != nil {
		s.Fatal(err)
	}
}

// does appends a change, as a replica would.
func (s *stage) does(id chat.ID, step chat.Step) uint64 {
	s.Helper()
	step.Kind, step.At = chat.StateChange, time.Now()
	e, err := s.conn.GuardedAppend(s.Context(), id, 0, nil, func(now bus.Snapshot) (chat.Event, error) {
		next, err := now.State.Apply(step)
		return chat.Event{Kind: chat.StateChange, Reason: step.Reason, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
	})
	if err != nil {
		s.Fatal(err)
	}
	return e.Seq
}

// passes waits for so long: for what must not happen meanwhile.
func (s *stage) passes(long time.Duration) {
	s.Helper()
	until := time.Now().Add(long)
	bustest.Eventually(s, "time passes", func() bool { return time.Now().After(until) })
}

// slept returns what became of the chat since it was taken, once it ends in that way.
func (s *stage) slept(id chat.ID, want ...chat.Reason) chat.Event {
	s.Helper()
	bustest.Eventually(s, fmt.Sprint("the chat goes ", want), func() bool {
		got := s.reasons(id)
		return len(got) > 1 && slices.Equal(got[2:], want)
	})
	changes := s.changes(id)
	return changes[len(changes)-1]
}

// soon tries with a time that is soon, and with later ones while the machine was too slow for what
// has to happen before it.
func (s *stage) soon(what string, try func(at time.Time) bool) {
	s.Helper()
	for near := 2 * time.Second; !try(time.Now().Add(near)); near *= 2 {
		if near > bustest.Patience/4 {
			s.Fatalf("not within %s: %s", near, what)
		}
	}
}

// asleep is the condition that the chat is that agent's, who snoozed it until then.
func asleep(agent chat.Agent, until time.Time) func(e *desk.Entry) bool {
	return func(e *desk.Entry) bool {
		return e.Snoozed && e.Until.Equal(until) && e.Occupant() == "" && e.Holder() == agent.User
	}
}

// Nothing that wakes the chat, or takes it from its agent, can come before all is asserted about a
// chat that sleeps.
func TestASnoozedChatWakesAtItsTimeAndTakesNoPlaceUntilThen(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	opts.Capacity = 1
	setUp := []*replica{s.work("one", opts), s.work("two", opts)}
	s.comes(grace)
	id := s.live(grace)
	s.must(roles.DeskSay, id, grace, "I'll be back")
	other := s.waiting(1)[0]
	s.refuses(codes.AtCapacity, roles.DeskTake, roles.DeskRequest{Chat: other, Agent: grace})
	far := time.Now().Add(time.Hour)
	s.snoozes(id, grace, far)
	s.must(roles.DeskTake, other, grace, "") // there is room
	s.listed(id, chat.Live, asleep(grace, far))
	s.must(roles.DeskClose, other, grace, "")
	for _, r := range setUp {
		r.stop()
	}
	opts.AnswerLimit = 2 * time.Second
	s.work("three", opts)
	s.work("four", opts)
	var until time.Time
	s.soon("it is snoozed", func(at time.Time) bool {
		until = at
		_, err := s.call(roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: grace, Until: at})
		return err == nil
	})
	woke := s.slept(id, chat.Snoozed, chat.Snoozed, chat.Woken)
	if woke.At.Before(until) || woke.From.Role != chat.RoleSystem || woke.Text != "" || woke.State.Agent.User != "grace" {
		t.Errorf("woke at %s, want %s at the earliest: %+v", woke.At, until, woke)
	}
	s.places("grace", func(h desk.Holds) bool { _, has := h.Of(id); return has })
	s.listed(id, chat.Live, func(e *desk.Entry) bool { return !e.Snoozed && !e.Woke.IsZero() })
	// Nobody waits for words of hers, so she loses it to nobody by saying none.
	s.passes(2 * opts.AnswerLimit)
	s.slept(id, chat.Snoozed, chat.Snoozed, chat.Woken)
	s.message(id, "hello?")
	s.slept(id, chat.Snoozed, chat.Snoozed, chat.Woken, chat.NoAnswer)
}

func TestASnoozedChatWakesOnceWhenItsVisitorWrites(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for i := range 3 {
		s.work(fmt.Sprint("replica ", i), patient())
	}
	s.comes(grace)
	id := s.live(grace)
	s.snoozes(id, grace, time.Time{})
	for range 5 {
		s.wakes(id, s.message(id, "are you there?"))
	}
	woke := s.slept(id, chat.Snoozed, chat.Woken)
	if at, owes := woke.State.Woke(); at.IsZero() || !owes {
		t.Errorf("%+v", woke.State)
	}
	bustest.Eventually(t, "all timers are dealt with", func() bool { return s.server.Settled(roles.Timing.Name) })
	s.slept(id, chat.Snoozed, chat.Woken)
}

// The bot, which is handed the message, saw a chat whose agent is there.
func TestAMessageFromBeforeTheSnoozeWasStoredWakesTheChat(t *testing.T) {
	t.Parallel()
	s, id := newStage(t), chat.NewID()
	s.message(id, "hello")
	s.does(id, chat.Step{Reason: chat.Escalated})
	live := s.does(id, chat.Step{Reason: chat.Taken, By: grace})
	s.message(id, "one more thing")
	s.does(id, chat.Step{Reason: chat.Snoozed, By: grace, Seen: live}) // by a replica that had not read it
	defer s.staysOnline(grace)()
	s.work("one", patient())
	bustest.Eventually(t, "it wakes", func() bool { now := s.last(id).State; _, owes := now.Woke(); return !now.Asleep() && owes })
}

func TestAChatThatWakesGoesIntoTheLineIfItsAgentIsFullOrAwayOrGone(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]func(s *stage, leave func()){
		"full": func(s *stage, _ func()) { s.must(roles.DeskTake, s.waiting(1)[0], grace, "") },
		"away": func(s *stage, _ func()) { s.duty("grace", func(d *desk.Duty) { d.Away = true }) },
		"gone": func(s *stage, leave func()) { leave(); s.signsOff(grace) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			opts := patient()
			opts.Capacity = 2
			setUp := s.work("one", opts)
			leave := s.staysOnline(grace)
			s.comes(grace)
			id, awake := s.live(grace), s.live(grace)
			s.must(roles.DeskSay, id, grace, "tomorrow")
			s.snoozes(id, grace, time.Now().Add(time.Hour))
			gone(s, leave)
			setUp.stop()
			opts.WaitLimit = 2 * time.Second
			if name == "gone" {
				opts.AwayGrace = time.Second
			}
			s.work("two", opts)
			if name == "gone" { // and the only replica has noticed
				bustest.Eventually(t, "she loses the chat that is awake", func() bool { return slices.Contains(s.reasons(awake), chat.AgentGone) })
			}
			s.soon("it is snoozed", func(at time.Time) bool {
				_, err := s.call(roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: grace, Until: at})
				return err == nil
			})
			woke := s.slept(id, chat.Snoozed, chat.Snoozed, chat.WokenInLine)
			if woke.Text != "Grace isn't here right now. You're back in line." || woke.State.Asked.IsZero() || woke.From.User != "grace" {
				t.Errorf("%+v", woke)
			}
			s.listed(id, chat.Waiting, func(e *desk.Entry) bool { return !e.Woke.IsZero() && e.Agent == nil })
			// Nobody waits there before the visitor writes.
			s.passes(2 * opts.WaitLimit)
			s.slept(id, chat.Snoozed, chat.Snoozed, chat.WokenInLine)
			s.message(id, "hello?")
			s.slept(id, chat.Snoozed, chat.Snoozed, chat.WokenInLine, chat.NobodyCame)
		})
	}
}

func TestWhoeverSnoozedAChatNeedNotBeThere(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	opts := patient()
	setUp := s.work("one", opts)
	leave := s.staysOnline(grace)
	id := s.live(grace)
	s.snoozes(id, grace, time.Now().Add(time.Hour))
	setUp.stop()
	opts.AwayGrace, opts.AnswerLimit, opts.IdleLimit = time.Second, time.Second, 2*time.Second
	s.work("two", opts)
	s.opened(id, 1, opts.IdleLimit)
	leave()
	s.signsOff(grace)
	s.passes(3 * opts.IdleLimit)
	s.slept(id, chat.Snoozed)
}

func TestASnoozeIsChangedAndEndedByHand(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.work("two", patient())
	s.comes(grace)
	var id chat.ID
	var sooner, later time.Time
	s.soon("a snooze is changed before it is over", func(at time.Time) bool {
		id, sooner, later = s.live(grace), at, time.Now().Add(time.Hour)
		for _, until := range []time.Time{sooner, later} {
			if _, err := s.call(roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: grace, Until: until}); err != nil {
				return false
			}
		}
		return slices.Equal(s.reasons(id)[2:], []chat.Reason{chat.Snoozed, chat.Snoozed})
	})
	s.passes(time.Until(sooner) + 2*time.Second) // the earlier time passes
	s.slept(id, chat.Snoozed, chat.Snoozed)
	s.refuses(codes.Taken, roles.DeskWake, roles.DeskRequest{Chat: id, Agent: linus})
	s.must(roles.DeskSay, id, grace, "still at it") // changes nothing about it
	if got := s.last(id).State; !got.Asleep() || !got.Until.Equal(later) {
		t.Errorf("%+v", got)
	}
	seq := s.must(roles.DeskWake, id, grace, "")
	if again := s.must(roles.DeskWake, id, grace, ""); seq == 0 || again != 0 {
		t.Errorf("woken at %d, and again at %d", seq, again)
	}
	if woke := s.slept(id, chat.Snoozed, chat.Snoozed, chat.Woken); woke.From.User != "grace" || woke.From.Role != chat.RoleAgent {
		t.Errorf("%+v", woke)
	}
}

// A replica that stood still sets the timer of an earlier snooze, which takes the place of the
// present one's.
func TestATimerOfAnEarlierSnoozeWakesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(grace)
	id := s.live(grace)
	until := time.Now().Add(5 * time.Second)
	s.snoozes(id, grace, until)
	bustest.Eventually(t, "the change is dealt with", func() bool { return s.server.Settled(roles.Following.Name) })
	if err := s.conn.SetTimer(t.Context(), bus.Timer{Chat: id, Kind: "snooze", Seq: 1, At: time.Now().Add(time.Second)}); err != nil {
		t.Fatal(err)
	}
	if woke := s.slept(id, chat.Snoozed, chat.Woken); woke.At.Before(until) {
		t.Errorf("woke at %s, want %s at the earliest", woke.At, until)
	}
}

func TestWhatEndsASnooze(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(linus)
	for reason, act := range map[chat.Reason]func(id chat.ID){
		chat.PassedOn: func(id chat.ID) {
			if _, err := s.call(roles.DeskPassOn, roles.DeskRequest{Chat: id, Agent: grace, To: linus}); err != nil {
				t.Error(err)
			}
		},
		chat.TakenOver: func(id chat.ID) {
			if _, err := s.call(roles.DeskTakeOver, roles.DeskRequest{Chat: id, Agent: linus, Role: "supervisor"}); err != nil {
				t.Error(err)
			}
		},
		chat.Returned:    func(id chat.ID) { s.must(roles.DeskReturn, id, grace, "") },
		chat.Transferred: func(id chat.ID) { s.must(roles.DeskTransfer, id, grace, "") },
		chat.ByAgent:     func(id chat.ID) { s.must(roles.DeskClose, id, grace, "") },
		chat.ByVisitor:   func(id chat.ID) { s.ask(id, chat.Close) },
	} {
		id := s.live(grace)
		s.snoozes(id, grace, time.Now().Add(time.Hour))
		act(id)
		if e := s.slept(id, chat.Snoozed, reason); e.State.Snooze != nil {
			t.Errorf("%s: %+v", reason, e.State)
		}
	}
}

func TestASnoozeThatCannotBeIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.work("one", patient())
	s.comes(grace)
	id := s.live(grace)
	for words, req := range map[string]roles.DeskRequest{
		"has passed":     {Until: time.Now().Add(-time.Minute)},
		"a year at most": {Until: time.Now().Add(367 * 24 * time.Hour)},
	} {
		req.Chat, req.Agent = id, grace
		if no := s.refuses(codes.BadTime, roles.DeskSnooze, req); !strings.Contains(no.Message, words) {
			t.Errorf("%q, want %q", no.Message, words)
		}
	}
	s.refuses(codes.Taken, roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: linus})
	s.refuses(codes.NotAllowed, roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: grace, Role: "reader"})
	s.refuses(codes.NotFound, roles.DeskSnooze, roles.DeskRequest{Chat: chat.NewID(), Agent: grace})
	s.refuses(codes.NotLive, roles.DeskSnooze, roles.DeskRequest{Chat: s.waiting(1)[0], Agent: grace})
	seen := s.last(id).Out
	wrote := s.message(id, "wait")
	s.refuses(codes.Unseen, roles.DeskSnooze, roles.DeskRequest{Chat: id, Agent: grace, Seen: seen})
	req := roles.DeskRequest{Chat: id, Agent: grace, Seen: wrote, ID: "z1"}
	var seq uint64
	s.soon("it is snoozed", func(at time.Time) bool {
		req.Until = at
		var err error
		seq, err = s.call(roles.DeskSnooze, req)
		return err == nil
	})
	s.slept(id, chat.Snoozed, chat.Woken)
	// The answer was lost, and the call is made again when its time has passed.
	if again, err := s.call(roles.DeskSnooze, req); err != nil || again != seq {
		t.Errorf("again: %d, %v; want %d", again, err, seq)
	}
	s.slept(id, chat.Snoozed, chat.Woken)
}

func TestASnoozedChatWakesAfterEveryWorkerDied(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.work("one", patient())
	s.comes(grace)
	id := s.live(grace)
	s.snoozes(id, grace, time.Now().Add(3*time.Second))
	bustest.Eventually(t, "its timer is set", func() bool { return s.server.Settled(roles.Following.Name) })
	first.crash()
	s.passes(4 * time.Second) // it passes while nobody works
	s.online(grace)
	s.work("two", patient())
	s.work("three", patient())
	s.slept(id, chat.Snoozed, chat.Woken)
}
