package admission

import (
	"testing"
	"time"
)

// A client that was told to slow down resends more than it must: frames that were
// stored must not hold up those that were not.
func TestARepetitionOfAStoredFrameHoldsNothingUp(t *testing.T) {
	var turned retryOrder
	now := time.Now()
	frame := func(id string, limited bool) bool {
		if turned.holds(id, now) > 0 {
			return false
		}
		if limited {
			turned.refused(id, now, 10*time.Millisecond)
			return false
		}
		turned.done(id)
		return true
	}
	frame("a", true)
	frame("b", false)
	now = now.Add(20 * time.Millisecond)
	if !frame("a", false) {
		t.Fatal("whose turn it is was held")
	}
	frame("a", true) // repeated, and over the limit
	frame("b", true)
	frame("a", false) // repeated behind a frame that waits
	frame("c", false)
	now = now.Add(20 * time.Millisecond)
	if !frame("b", false) || !frame("c", false) || !frame("d", false) {
		t.Errorf("held up by a repetition: %v", turned.ids)
	}
}

func TestRefusedMessagesKeepTheirOrder(t *testing.T) {
	var turned retryOrder
	now := time.Now()
	turned.refused("a", now, time.Second)
	if turned.holds("b", now) == 0 || turned.holds("c", now) == 0 {
		t.Fatal("what was sent later goes first")
	}
	turned.done("a")
	if turned.holds("c", now) == 0 || turned.holds("b", now) != 0 {
		t.Error("the places are not in order")
	}
	if turned.holds("c", now.Add(2*placeHeld)) != 0 {
		t.Error("a place is held for ever")
	}
}

// A gateway that stood still, or a client that slept, for longer than a place is held changes
// no order: the frames still come in theirs.
func TestWhoComesLateKeepsThePlace(t *testing.T) {
	var turned retryOrder
	now := time.Now()
	turned.refused("a", now, time.Second)
	if turned.holds("b", now) == 0 {
		t.Fatal("what was sent later goes first")
	}
	now = now.Add(2 * placeHeld)
	if turned.holds("a", now) != 0 {
		t.Fatalf("the first one has to wait: %v", turned.ids)
	}
	turned.refused("a", now, time.Second)
	if turned.holds("b", now) == 0 {
		t.Errorf("the second goes first: %v", turned.ids)
	}
	turned.done("a")
	if turned.holds("b", now) != 0 {
		t.Errorf("the second has to wait, too: %v", turned.ids)
	}
}
