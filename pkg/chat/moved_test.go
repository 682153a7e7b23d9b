package chat_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

// Whatever state a chat is in when it is moved: at its old home nobody changes it any more, and at
// the new one it goes on as it was.
func TestNothingChangesAChatThatWasMoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s chat.State
		for range rapid.IntRange(0, 20).Draw(t, "steps before") {
			if next, err := s.Apply(anyStep(t)); err == nil {
				s = next
			}
		}
		moved, err := s.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.MovedAway, Home: "ap", At: noon})
		if err != nil || moved.Moved != "ap" || moved.BotSpeaks() {
			t.Fatalf("moved: %+v, %v", moved, err)
		}
		moved = roundTrip(t, moved)
		for range 20 {
			step := anyStep(t)
			if _, err := moved.Apply(step); !errors.Is(err, chat.ErrMoved) {
				t.Fatalf("a %s (%s) in a chat that was moved: %v", step.Kind, step.Reason, err)
			}
		}
		arrived, err := moved.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Arrived, At: noon})
		s.Status, s.Visit = s.Is(), max(s.Visit, 1)
		if err != nil || arrived.Moved != "" || arrived.Is() != s.Is() || arrived.Handover != s.Handover || arrived.AnsweredThrough != s.AnsweredThrough || arrived.Visit != s.Visit || arrived.IsMissed() != s.IsMissed() {
			t.Fatalf("%+v arrived as %+v, %v", s, arrived, err)
		}
	})
}
