package system_test

import (
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/test/internal/talk"
	"github.com/parley-chat/parley/test/internal/talk/talktest"
)

// withStaleLeader is a system whose workers read from a leader that can go stale.
func withStaleLeader(t *testing.T) (*system, *bustest.StaleLeader, *replica) {
	s := newSystem(t)
	d := s.nats.StaleLeader()
	s.connect = func(name string) *bus.Conn {
		if name == "gateway" {
			return s.nats.Connect(name)
		}
		return d.Connect(name)
	}
	return s, d, s.whole()
}

// soon has the leader hear of its successor, after about as long as that takes.
func soon(t *testing.T, d *bustest.StaleLeader) {
	timer := time.AfterFunc(700*time.Millisecond, d.CatchUp)
	t.Cleanup(func() { timer.Stop() })
}

// The bot kept silent because of a leader that did not know the message yet.
func TestAMessageThatAStaleLeaderDoesNotKnowIsAnswered(t *testing.T) {
	_, d, g := withStaleLeader(t)
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	d.GoStale()
	ada.Say("m2", "are you there?")
	soon(t, d)
	ada.Event("reply", "You said: are you there?")
}

// The bot kept silent because of a leader that still knew the chat with a person.
func TestAMessageAfterAHandBackThatAStaleLeaderDoesNotKnowIsAnswered(t *testing.T) {
	_, d, g := withStaleLeader(t)
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("m1", "escalate")
	ada.Event("state", "")
	d.GoStale()
	ada.Send("t", "cancel", "id", "c1") // decided when it has heard
	soon(t, d)
	ada.Find("the bot again", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "bot" })
	ada.Say("m2", "back to you, bot")
	ada.Event("reply", "You said: back to you, bot")
}

// A request for a person was dropped because of a leader that did not know it.
func TestARequestThatAStaleLeaderDoesNotKnowIsDecided(t *testing.T) {
	_, d, g := withStaleLeader(t)
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	d.GoStale()
	ada.Send("t", "escalate", "id", "e1")
	soon(t, d)
	ada.Find("a place in the line", func(f talk.Frame) bool { return f.Kind == "state" && f.Status == "waiting" })
}

// A page lacked what had been acknowledged just before.
func TestAPageHoldsWhatAStaleLeaderDoesNotKnow(t *testing.T) {
	s, d, g := withStaleLeader(t)
	ada := talktest.Dial(t, g.url)
	ada.Hello("Ada", "", 0)
	ada.Say("m1", "hello")
	ada.Event("reply", "You said: hello")
	bustest.Eventually(t, "all is stored", func() bool { return s.nats.Settled("history") })
	d.GoStale()
	seq := ada.Say("m2", "is this on the page?")
	ada.Send("t", "page", "id", "p1", "limit", 50)
	soon(t, d)
	page := ada.Find("a page", func(f talk.Frame) bool { return f.T == "page" && f.ID == "p1" })
	for _, e := range page.Events {
		if e.Seq == seq {
			return
		}
	}
	t.Errorf("the page lacks event %d: %+v", seq, page.Events)
}
