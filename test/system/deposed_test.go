package system_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// deposed is a system whose workers read from a leader that can be deposed.
func deposed(t *testing.T) (*system, *bustest.Deposed, *replica) {
	s := newSystem(t)
	d := s.nats.Deposed()
	s.connect = func(name string) *bus.Conn {
		if name == "gateway" {
			return s.nats.Connect(name)
		}
		return d.Connect(name)
	}
	return s, d, s.whole()
}

// soon has the leader hear that it was deposed, after about as long as that takes.
func soon(t *testing.T, d *bustest.Deposed) {
	timer := time.AfterFunc(700*time.Millisecond, d.Heard)
	t.Cleanup(func() { timer.Stop() })
}

// The bot kept silent because of a leader that did not know the message yet.
func TestAMessageThatADeposedLeaderDoesNotKnowIsAnswered(t *testing.T) {
	_, d, g := deposed(t)
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	ada.say("m1", "hello")
	ada.event("reply", "You said: hello")
	d.Depose()
	ada.say("m2", "are you there?")
	soon(t, d)
	ada.event("reply", "You said: are you there?")
}

// The bot kept silent because of a leader that still knew the chat with a person.
func TestAMessageAfterAHandBackThatADeposedLeaderDoesNotKnowIsAnswered(t *testing.T) {
	_, d, g := deposed(t)
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	ada.say("m1", "escalate")
	ada.event("state", "")
	d.Depose()
	ada.write("t", "cancel", "id", "c1") // decided when it has heard
	soon(t, d)
	ada.find("the bot again", func(f frame) bool { return f.Kind == "state" && f.Status == "bot" })
	ada.say("m2", "back to you, bot")
	ada.event("reply", "You said: back to you, bot")
}

// A request for a person was dropped because of a leader that did not know it.
func TestARequestThatADeposedLeaderDoesNotKnowIsDecided(t *testing.T) {
	_, d, g := deposed(t)
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	d.Depose()
	ada.write("t", "escalate", "id", "e1")
	soon(t, d)
	ada.find("a place in the line", func(f frame) bool { return f.Kind == "state" && f.Status == "waiting" })
}

// A page lacked what had been acknowledged just before.
func TestAPageHoldsWhatADeposedLeaderDoesNotKnow(t *testing.T) {
	s, d, g := deposed(t)
	ada := dial(t, g.url)
	ada.hello("Ada", "", 0)
	ada.say("m1", "hello")
	ada.event("reply", "You said: hello")
	bustest.Eventually(t, "all is stored", func() bool { return s.nats.Settled("history") })
	d.Depose()
	seq := ada.say("m2", "is this on the page?")
	ada.write("t", "page", "id", "p1", "limit", 50)
	soon(t, d)
	page := ada.find("a page", func(f frame) bool { return f.T == "page" && f.ID == "p1" })
	for _, e := range page.Events {
		if e.Seq == seq {
			return
		}
	}
	t.Errorf("the page lacks event %d: %+v", seq, page.Events)
}
