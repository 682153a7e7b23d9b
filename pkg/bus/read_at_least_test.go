package bus_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

var errNo = errors.New("no")

// ifWaiting hands a chat that waits back to the bot, and refuses any other.
func ifWaiting(s bus.Snapshot) (chat.Event, error) {
	if s.State.Is() != chat.Waiting {
		return chat.Event{}, errNo
	}
	next, err := s.State.Apply(chat.Step{Kind: chat.StateChange, Reason: chat.Cancelled})
	return chat.Event{Kind: chat.StateChange, Reason: chat.Cancelled, From: chat.Speaker{Role: chat.RoleSystem}, State: &next}, err
}

// What a stale leader does not know must not be why nothing is said.
func TestARefusalByAStaleLeaderIsNotBelieved(t *testing.T) {
	s, id := bustest.Start(t), chat.NewID()
	now, stale := s.Connect("now"), s.StaleLeader()
	c := stale.Connect("misled")
	if _, err := now.AppendIn(t.Context(), visitorSays(id, "m1", "hello"), nil); err != nil {
		t.Fatal(err)
	}
	stale.GoStale()
	waits, err := now.GuardedAppend(t.Context(), id, 0, nil, escalate)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := now.AppendIn(t.Context(), visitorSays(id, "m2", "anybody?"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.GuardedAppend(t.Context(), id, 0, nil, ifWaiting); !errors.Is(err, errNo) {
		t.Fatalf("a caller that was given no event: %v, want the stale leader's view", err)
	}
	back, err := c.GuardedAppend(t.Context(), id, asked.Seq, nil, ifWaiting)
	if err != nil || back.Seq <= waits.Seq {
		t.Errorf("a caller that was given event %d: %+v, %v, want it decided on the state now", asked.Seq, back, err)
	}
	// It waits no longer, and that is not what the stale leader says.
	if _, err := c.GuardedAppend(t.Context(), id, asked.Seq, nil, ifWaiting); !errors.Is(err, errNo) {
		t.Errorf("decided again: %v, want %v", err, errNo)
	}
}

func TestTheHeadOfAChat(t *testing.T) {
	s, id := bustest.Start(t), chat.NewID()
	c := s.Connect("c")
	first, err := c.AppendIn(t.Context(), visitorSays(id, "m1", "hello"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if k, err := c.ReadAtLeast(t.Context(), id, first.Seq); err != nil || k.Input != first.Seq || k.Out != 0 {
		t.Errorf("a message: %+v, %v", k, err)
	}
	waits, err := c.GuardedAppend(t.Context(), id, 0, nil, escalate)
	if err != nil {
		t.Fatal(err)
	}
	if k, err := c.ReadAtLeast(t.Context(), id, waits.Seq); err != nil || k.Input != first.Seq || k.Out != waits.Seq || k.State != *waits.State {
		t.Errorf("a message and a change: %+v, %v", k, err)
	}
	if _, err := c.ReadAtLeast(t.Context(), id, waits.Seq+1); !errors.Is(err, bus.ErrUnavailable) {
		t.Errorf("an event that nobody has yet: %v, want %v", err, bus.ErrUnavailable)
	}
	s.PurgeChats()
	if k, err := c.ReadAtLeast(t.Context(), id, waits.Seq); err != nil || k != (bus.Head{}) {
		t.Errorf("after all was purged: %+v, %v", k, err)
	}
}

// Whoever asks knows of event 3: what does not have it yet is read again.
func TestAReadFromAStaleLeaderIsReadAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := uint64(0)
		grows := func() (string, uint64, error) { end++; return fmt.Sprint("up to ", end), end, nil }
		if got, err := bus.AtLeast(t.Context(), chat.NewID(), 3, grows); got != "up to 3" || err != nil {
			t.Errorf("read %q, %v", got, err)
		}
		stays := func() (string, uint64, error) { return "up to 2", 2, nil }
		got, err := bus.AtLeast(t.Context(), chat.NewID(), 3, stays)
		if got != "up to 2" || !errors.Is(err, bus.ErrStale) || !errors.Is(err, bus.ErrUnavailable) {
			t.Errorf("from one that never hears of it: %q, %v, want what was read and %v", got, err, bus.ErrStale)
		}
		fails := func() (string, uint64, error) { return "", 0, errNo }
		if _, err := bus.AtLeast(t.Context(), chat.NewID(), 3, fails); !errors.Is(err, errNo) || errors.Is(err, bus.ErrStale) {
			t.Errorf("a read that fails: %v, want %v", err, errNo)
		}
	})
}
