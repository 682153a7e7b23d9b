package chat_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

// checkSnooze checks what a step may make of a snooze: only its agent snoozes a live chat, it
// wakes once, and who has it changes only where it ends.
func checkSnooze(t *rapid.T, s chat.State, step chat.Step, next chat.State) {
	snoozes := step.Kind == chat.StateChange && step.Reason == chat.Snoozed
	wakes := step.Kind == chat.StateChange && (step.Reason == chat.Woken || step.Reason == chat.WokenInLine)
	woke, _ := next.Woke()
	switch {
	case next.Asleep() && (next.Is() != chat.Live || !snoozes && (!s.Asleep() || *next.Agent != *s.Agent)):
		t.Fatalf("%+v, and a %s (%s) made it %+v", s, step.Kind, step.Reason, next)
	case snoozes && (!next.Asleep() || step.By != *s.Agent || !next.Until.Equal(step.Until) || next.Snooze.Through != step.Seen):
		t.Fatalf("%s snoozed %+v, which became %+v", step.By.User, s, next)
	case wakes && (!s.Asleep() || next.Asleep() || !woke.Equal(step.At) || !next.Since.Equal(step.At)):
		t.Fatalf("%s made %+v into %+v", step.Reason, s, next)
	case step.Kind == chat.Say && (!woke.IsZero() || next.Asleep() != s.Asleep()):
		t.Fatalf("words made %+v into %+v", s, next)
	case s.Asleep() && step.Kind == chat.StateChange && (step.Reason == chat.AgentGone || step.Reason == chat.NoAnswer):
		t.Fatalf("%s took a chat from whoever snoozed it", step.Reason)
	}
}

func TestASnoozeEndsWithWhateverTakesTheChatFromItsAgent(t *testing.T) {
	s := in(chat.Live)
	step := func(s chat.State, step chat.Step) (chat.State, error) {
		step.Kind, step.At = chat.StateChange, noon
		return s.Apply(step)
	}
	for name, bad := range map[string]chat.Step{
		"a time that has passed": {Until: noon, Seen: 11},
		"an unknown place":       {Until: noon.Add(time.Hour)},
	} {
		bad.Reason, bad.By = chat.Snoozed, grace
		if _, err := step(s, bad); !errors.Is(err, chat.ErrStep) {
			t.Errorf("%s: %v", name, err)
		}
	}
	asleep, err := step(s, chat.Step{Reason: chat.Snoozed, By: grace, Seen: 11, Until: noon.Add(time.Hour), Owes: true})
	if err != nil || !asleep.Asleep() || !asleep.Owes {
		t.Fatalf("%+v, %v", asleep, err)
	}
	if _, err := step(s, chat.Step{Reason: chat.Woken, By: grace}); !errors.Is(err, chat.ErrUnchanged) {
		t.Errorf("a chat that is awake wakes: %v", err)
	}
	var taken *chat.TakenError
	if _, err := step(asleep, chat.Step{Reason: chat.Woken, By: linus}); !errors.As(err, &taken) {
		t.Errorf("somebody else wakes it: %v", err)
	}
	awake, err := step(asleep, chat.Step{Reason: chat.Woken, By: grace})
	if at, owes := awake.Woke(); err != nil || !at.Equal(noon) || !owes || *awake.Agent != grace {
		t.Errorf("awake: %+v, %v", awake, err)
	}
	if said, err := asleep.Apply(chat.Step{Kind: chat.Say, By: grace, At: noon}); err != nil || !said.Asleep() || said.Owes || !said.Until.Equal(asleep.Until) {
		t.Errorf("after words: %+v, %v", said, err)
	}
	for _, end := range []chat.Step{
		{Reason: chat.PassedOn, By: grace, To: linus}, {Reason: chat.TakenOver, By: linus}, {Reason: chat.Returned, By: grace}, {Reason: chat.Transferred, By: grace},
		{Reason: chat.ByAgent, By: grace}, {Reason: chat.ByVisitor}, {Reason: chat.Idle},
	} {
		if next, err := step(asleep, end); err != nil || next.Snooze != nil {
			t.Errorf("%s: %+v, %v", end.Reason, next, err)
		}
	}
	waits, err := step(asleep, chat.Step{Reason: chat.WokenInLine, By: grace})
	if err != nil || waits.Is() != chat.Waiting || !waits.Asked.Equal(s.Asked) {
		t.Errorf("in the line: %+v, %v", waits, err)
	}
}
