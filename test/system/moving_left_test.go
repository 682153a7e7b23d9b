package system_test

import (
	"testing"

	"github.com/parley-chat/parley/escalation"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/moving"
)

// What visitors wrote to people before their chat was moved, or its region given up, is not left to the
// bot of the new home, which would look for it in vain.
func TestWhatIsLeftToPeopleStaysSoInAMove(t *testing.T) {
	t.Parallel()
	eu, ap := twoRegions(t)
	for _, s := range []*system{eu, ap} {
		s.history()
		s.escalation(escalation.Options{})
	}
	o := operatorOf(eu, ap)
	waits := func() (id chat.ID, last uint64) {
		id = chat.NewIDAt("eu")
		from := chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}
		if _, err := o["eu"].AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Request, ID: "r1", From: from, Request: chat.Escalate}, nil); err != nil {
			t.Fatal(err)
		}
		bustest.Eventually(t, "a place in the line", func() bool {
			s, err := o["eu"].Last(t.Context(), id)
			return err == nil && s.State.Is() == chat.Waiting
		})
		stored, err := o["eu"].AppendIn(t.Context(), chat.Event{Chat: id, Kind: chat.Message, ID: "m1", From: from, Text: "are you there?"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return id, stored.Seq
	}
	left := func(id chat.ID, last uint64) {
		t.Helper()
		s, err := o["ap"].Last(t.Context(), id)
		if err != nil || s.State.Is() != chat.Waiting || s.State.AnsweredThrough < last {
			t.Errorf("at the new home: %+v, %v; the last message was %d", s.State, err, last)
		}
	}
	moved, last := waits()
	o.moveSurely(t, string(moved), "eu", "ap")
	left(moved, last)
	given, last := waits()
	if _, err := (moving.GivingUp{Region: "eu", To: o["ap"], Disks: o["eu"]}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	left(given, last)
}
