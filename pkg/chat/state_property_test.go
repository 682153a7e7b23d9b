package chat_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

var reasons = []chat.Reason{
	chat.Escalated, chat.BotGaveUp, chat.Cancelled, chat.NobodyCame, chat.Taken, chat.Assigned, chat.Returned,
	chat.Transferred, chat.AgentGone, chat.NoAnswer, chat.ByAgent, chat.ByVisitor, chat.Idle, chat.LineFull, chat.AddressFull,
	chat.SteppedIn, chat.EmailLeft, chat.EmailLeft, chat.MissedFull, chat.Dealt, chat.NameGiven, chat.NameGiven, chat.PassedOn, chat.TakenOver,
	chat.Snoozed, chat.Snoozed, chat.Snoozed, chat.Woken, chat.WokenInLine, "", "nonsense",
}

// leadsTo says where a reason leads, whatever the status before.
var leadsTo = map[chat.Reason]chat.Status{
	chat.Escalated: chat.Waiting, chat.BotGaveUp: chat.Waiting, chat.Cancelled: chat.WithBot, chat.NobodyCame: chat.WithBot,
	chat.Taken: chat.Live, chat.Assigned: chat.Live, chat.Returned: chat.WithBot, chat.Transferred: chat.Waiting,
	chat.AgentGone: chat.Waiting, chat.NoAnswer: chat.Waiting, chat.ByAgent: chat.Closed, chat.ByVisitor: chat.Closed, chat.Idle: chat.Closed,
	chat.LineFull: chat.WithBot, chat.AddressFull: chat.WithBot, chat.SteppedIn: chat.Live,
	chat.EmailLeft: stays, chat.MissedFull: stays, chat.Dealt: stays, chat.NameGiven: stays,
	chat.PassedOn: chat.Live, chat.TakenOver: chat.Live, chat.Snoozed: chat.Live, chat.Woken: chat.Live, chat.WokenInLine: chat.Waiting,
}

// stays stands for the status before.
const stays chat.Status = "stays"

func anyStep(t *rapid.T) chat.Step {
	return chat.Step{
		Kind:            rapid.SampledFrom([]chat.Kind{chat.StateChange, chat.StateChange, chat.StateChange, chat.Reply, chat.Say, chat.Message, ""}).Draw(t, "kind"),
		Reason:          rapid.SampledFrom(reasons).Draw(t, "reason"),
		By:              rapid.SampledFrom([]chat.Agent{grace, linus}).Draw(t, "by"),
		To:              rapid.SampledFrom([]chat.Agent{{}, grace, linus, mary}).Draw(t, "to"),
		At:              noon.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "second")) * time.Second),
		AnsweredThrough: rapid.Uint64Range(0, 50).Draw(t, "through"),
		RequestsThrough: rapid.Uint64Range(0, 50).Draw(t, "asks"),
		Visitor:         rapid.SampledFrom([]string{"", "Ada", "Áda"}).Draw(t, "visitor"),
		Handover:        rapid.Bool().Draw(t, "handover"),
		Source:          rapid.SampledFrom([]string{"", "0123456789abcdef"}).Draw(t, "source"),
		Email:           rapid.SampledFrom([]string{"", "ada@example.com", "ada@example.org"}).Draw(t, "email"),
		Left:            rapid.Uint64Range(0, 50).Draw(t, "left"),
		Seen:            rapid.Uint64Range(0, 3).Draw(t, "seen"),
		Until:           rapid.SampledFrom([]time.Time{{}, noon.Add(500 * time.Second), noon.Add(time.Hour)}).Draw(t, "until"),
		Owes:            rapid.Bool().Draw(t, "owes"),
		Team:            rapid.SampledFrom([]string{"", "", "billing2", "sales234", chat.NoTeam}).Draw(t, "team"),
	}
}

// However many steps of whatever kind are tried: a chat has an agent exactly
// while it is live, what was dealt with stays so, only the holder speaks, the
// bot only when it is the bot's turn, and a refused step changes nothing.
func TestWhateverIsTriedAChatStaysWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s chat.State
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			step := anyStep(t)
			before, _ := json.Marshal(s)
			next, err := s.Apply(step)
			if after, _ := json.Marshal(s); string(after) != string(before) {
				t.Fatalf("Apply changed its receiver from %s to %s", before, after)
			}
			if err != nil {
				if next != s {
					t.Fatalf("refused with %v, and yet %+v became %+v", err, s, next)
				}
				checkRefusal(t, s, step, err)
				continue
			}
			checkStep(t, s, step, next)
			s = roundTrip(t, next)
		}
	})
}

func checkRefusal(t *rapid.T, s chat.State, step chat.Step, err error) {
	var taken *chat.TakenError
	if errors.As(err, &taken) && (s.Is() != chat.Live || taken.By != *s.Agent || step.By.User == s.Agent.User) {
		t.Fatalf("%s is refused in %+v because of %s", step.By.User, s, taken.By.User)
	}
	if step.Kind == chat.Say && s.Is() == chat.Live && step.By == *s.Agent {
		t.Fatalf("the holder may not speak: %v", err)
	}
	if step.Kind == chat.Reply && s.BotSpeaks() && step.AnsweredThrough > s.AnsweredThrough {
		t.Fatalf("the bot may not answer: %v", err)
	}
}

func checkStep(t *rapid.T, s chat.State, step chat.Step, next chat.State) {
	if (next.Agent != nil) != (next.Is() == chat.Live) {
		t.Fatalf("%s with the agent %v", next.Is(), next.Agent)
	}
	if next.Source != "" && next.Is() != chat.Waiting && next.Is() != chat.Live && !next.IsMissed() {
		t.Fatalf("%s, and its source is kept", next.Is())
	}
	if next.AnsweredThrough < s.AnsweredThrough || next.AnsweredThrough < step.AnsweredThrough || next.RequestsThrough < s.RequestsThrough || next.RequestsThrough < step.RequestsThrough {
		t.Fatalf("%+v after %+v: what was dealt with no longer is", next, s)
	}
	if raised := s.Is() == chat.Closed && next.Is() != chat.Closed; next.Visit != max(s.Visit, 1)+map[bool]uint64{true: 1}[raised] {
		t.Fatalf("visit %d, %s, and after a %s (%s) visit %d, %s", s.Visit, s.Is(), step.Kind, step.Reason, next.Visit, next.Is())
	}
	if next.Visitor == "" && s.Visitor != "" {
		t.Fatal("the visitor's name is lost")
	}
	given := step.Kind == chat.StateChange && step.Reason == chat.NameGiven
	if s.Named && !next.Named || next.Named && !s.Named && !given || s.Named && !given && next.Visitor != s.Visitor || given && next.Visitor != step.Visitor {
		t.Fatalf("%q was given: %t, and a %s (%s) of %q made it %q", s.Visitor, s.Named, step.Kind, step.Reason, step.Visitor, next.Visitor)
	}
	if next.Asked.IsZero() == (next.Is() == chat.Waiting || next.Is() == chat.Live) {
		t.Fatalf("%s, asked %v", next.Is(), next.Asked)
	}
	if request, since := next.Missed(); since.IsZero() == next.IsMissed() || next.IsMissed() && next.Email() == "" || s.Email() != "" && next.Email() == "" {
		t.Fatalf("missed since %d at %v, address %q", request, since, next.Email())
	}
	if by := step.Kind == chat.Say || step.Reason == chat.Dealt && step.Kind == chat.StateChange; s.IsMissed() && next.IsMissed() == by {
		t.Fatalf("a missed chat, and a %s (%s) made it %+v", step.Kind, step.Reason, next)
	}
	if want := teamAfter(s, step, next); next.Team() != want {
		t.Fatalf("team %q, and a %s (%s) of team %q made it %q", s.Team(), step.Kind, step.Reason, step.Team, next.Team())
	}
	checkSnooze(t, s, step, next)
	switch step.Kind {
	case chat.Say:
		if s.Is() != chat.Live || s.Agent.User != step.By.User || next.Is() != chat.Live || *next.Agent != *s.Agent || !next.Since.Equal(s.Since) {
			t.Fatalf("%s spoke in %+v, which became %+v", step.By.User, s, next)
		}
	case chat.Reply:
		if !s.BotSpeaks() || step.AnsweredThrough <= s.AnsweredThrough || next.Is() != chat.WithBot || next.Handover != step.Handover {
			t.Fatalf("the bot spoke in %+v, which became %+v", s, next)
		}
	case chat.StateChange:
		want, ok := leadsTo[step.Reason]
		handover := false
		if want == stays {
			want, handover = s.Is(), s.Handover
		}
		if !ok || next.Is() != want || next.Handover != handover {
			t.Fatalf("%s led from %+v to %+v", step.Reason, s, next)
		}
		gets := step.By
		if step.Reason == chat.PassedOn {
			gets = step.To
			if s.Agent.User != step.By.User || gets.User == step.By.User {
				t.Fatalf("%s passed %s's chat on to %s", step.By.User, s.Agent.User, gets.User)
			}
		}
		if step.Reason == chat.TakenOver && (s.Is() != chat.Live || s.Agent.User == gets.User) {
			t.Fatalf("%s took over from %+v", gets.User, s)
		}
		if next.Is() == chat.Live && *next.Agent != gets && step.Reason != chat.Dealt {
			t.Fatalf("%s was to get it and %s has it", gets.User, next.Agent.User)
		}
		if s.Is() == chat.Live && next.Is() == chat.Live && s.Agent.User != next.Agent.User && !next.Since.Equal(step.At) {
			t.Fatalf("%s has it since %v, want %v", next.Agent.User, next.Since, step.At)
		}
		if next.Is() != s.Is() && !next.Since.Equal(step.At) {
			t.Fatalf("%s since %v, want %v", next.Is(), next.Since, step.At)
		}
	default:
		t.Fatalf("a %q was accepted as a step", step.Kind)
	}
}

// teamAfter is the team that a step leaves: the one that it names, if it puts the chat into a
// line; otherwise the one before, until the next visit.
func teamAfter(s chat.State, step chat.Step, next chat.State) string {
	lines := step.Kind == chat.StateChange && slices.Contains([]chat.Reason{chat.Escalated, chat.BotGaveUp, chat.Transferred}, step.Reason)
	switch {
	case lines && step.Team == chat.NoTeam:
		return ""
	case lines && step.Team != "":
		return step.Team
	case next.Visit > max(s.Visit, 1):
		return ""
	}
	return s.Team()
}

// roundTrip is what the stream does to a state.
func roundTrip(t *rapid.T, s chat.State) chat.State {
	e := chat.Event{Kind: chat.StateChange, Reason: chat.Taken, State: &s}
	data, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := chat.Decode(data, chat.NewID(), 7, noon)
	if err != nil {
		t.Fatal(err)
	}
	a, b := s, *back.State
	if (a.Agent == nil) != (b.Agent == nil) || a.Agent != nil && *a.Agent != *b.Agent {
		t.Fatalf("%+v came back as %+v", a.Agent, b.Agent)
	}
	if a.Email() != b.Email() || a.Left != nil && (a.Left.Request != b.Left.Request || !a.Left.At.Equal(b.Left.At)) {
		t.Fatalf("%+v came back as %+v", a.Left, b.Left)
	}
	if (a.Snooze == nil) != (b.Snooze == nil) || a.Snooze != nil && *a.Snooze != *b.Snooze {
		t.Fatalf("%+v came back as %+v", a.Snooze, b.Snooze)
	}
	if a.Team() != b.Team() {
		t.Fatalf("team %q came back as %q", a.Team(), b.Team())
	}
	a.Agent, b.Agent, a.Left, b.Left, a.Routing, b.Routing, a.Snooze, b.Snooze = nil, nil, nil, nil, nil, nil, nil, nil
	if a != b {
		t.Fatalf("%+v came back as %+v", a, b)
	}
	return *back.State
}

// Two who decide on the same state: whoever comes second is told no, or does
// something else than the first thought of. This is what the guarded append
// enforces; here it is that the table lets no two agents in.
func TestTwoAgentsNeverHoldOneChat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := in(chat.Waiting)
		first, second := grace, linus
		if rapid.Bool().Draw(t, "other way round") {
			first, second = second, first
		}
		reason := rapid.SampledFrom([]chat.Reason{chat.Taken, chat.Assigned, chat.SteppedIn})
		s, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: reason.Draw(t, "first"), By: first, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Apply(chat.Step{Kind: chat.StateChange, Reason: reason.Draw(t, "second"), By: second, At: noon})
		var taken *chat.TakenError
		if !errors.As(err, &taken) || taken.By != first {
			t.Fatalf("the second one: %v", err)
		}
	})
}
