package bus_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

const onlyStream = "CHAT_0"

func talking() bus.Snapshot {
	return bus.Snapshot{Out: 1, State: chat.State{Status: chat.WithBot, Visitor: "Ada"}}
}

// Three nodes, three copies: whoever leads the stream stores an event whose hint is right, and
// refuses one whose hint is wrong, also if it leads only since a moment ago.
func TestEveryLeaderOfAClusterChecksTheHint(t *testing.T) {
	t.Parallel()
	cluster := bustest.StartCluster(t)
	c, id := cluster.Connect("gateway", 0), chat.NewID()
	last := uint64(0)
	try := func(name string, input uint64) (bus.Stored, error) {
		// What a change of leaders swallows is sent again, as AppendIn does it.
		for {
			stored, err := c.AppendOnce(t.Context(), visitorSays(id, name, "hello"), &bus.Hint{Snapshot: talking(), Input: input})
			if !errors.Is(err, bus.ErrUnavailable) {
				return stored, err
			}
		}
	}
	for i, change := range []func(){
		func() {},
		func() { cluster.StepDown(onlyStream) },
		func() { cluster.StepDown(onlyStream) },
		func() { cluster.Stop(cluster.Leader(onlyStream)) },
	} {
		change()
		for j, wrong := range []uint64{last + 1, last + 1000, last - min(last, 1)} {
			if wrong == last {
				continue
			}
			if stored, err := try(fmt.Sprint("wrong-", i, "-", j), wrong); !errors.Is(err, bus.ErrConflict) {
				t.Fatalf("leader %d: an event after %d that names %d became %+v, %v, want a conflict", i, last, wrong, stored, err)
			}
		}
		stored, err := try(fmt.Sprint("right-", i), last)
		if err != nil || stored.Seq <= last {
			t.Fatalf("leader %d: an event after %d that names it became %+v, %v", i, last, stored, err)
		}
		last = stored.Seq
	}
}

// Gateways at all nodes write into one chat, messages and requests, each guessing what came
// before, while the stream's leader changes again and again, so that a new one always has
// events on their way. What is stored is stored once, and its hint names the event before it.
func TestAHintIsExactWhileLeadersChange(t *testing.T) {
	t.Parallel()
	cluster := bustest.StartCluster(t)
	const gateways, changes, between = 6, 8, 15
	id := chat.NewID()
	var stored atomic.Int64
	over := make(chan struct{})
	var writing sync.WaitGroup
	end := sync.OnceFunc(func() { close(over); writing.Wait() })
	defer end()
	for g := range gateways {
		c := cluster.Connect(fmt.Sprint("gateway ", g), g%3)
		writing.Go(func() {
			hint := bus.Hint{Snapshot: talking()}
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				default:
				}
				e := visitorSays(id, fmt.Sprint(g, "-", i), "hello")
				if i%2 == 1 {
					e.Kind, e.Request, e.Text = chat.Request, chat.Escalate, ""
				}
				done, err := c.AppendIn(t.Context(), e, &hint)
				if err != nil {
					t.Error(err)
					return
				}
				hint.Input = done.Seq
				stored.Add(1)
			}
		})
	}
	more := func() {
		want := stored.Load() + between
		bustest.Eventually(t, "more is stored", func() bool { return stored.Load() >= want || t.Failed() })
	}
	for range changes {
		more()
		cluster.StepDown(onlyStream)
	}
	more()
	cluster.Stop(cluster.Leader(onlyStream))
	more()
	end()
	checkHints(t, cluster.Connect("bot", 0), id, int(stored.Load()))
}

// checkHints checks that the chat holds that many inputs, each with another id, and that the
// hint of each names the one before it.
func checkHints(t *testing.T, c *bus.Conn, id chat.ID, want int) {
	t.Helper()
	inputs, err := c.HintedInputs(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	ids, before := map[string]bool{}, uint64(0)
	for _, in := range inputs {
		if in.Hint == nil || in.Hint.Input != before {
			t.Errorf("the hint of event %d is %+v, and event %d came before it", in.Event.Seq, in.Hint, before)
		}
		if ids[in.Event.ID] {
			t.Errorf("event %s is stored twice", in.Event.ID)
		}
		ids[in.Event.ID], before = true, in.Event.Seq
	}
	if len(ids) != want {
		t.Errorf("%d events are stored, and %d were acknowledged", len(ids), want)
	}
}
