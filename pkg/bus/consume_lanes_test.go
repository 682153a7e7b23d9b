package bus_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
)

// Chats whose first message is being thought about, with dozens behind it, keep no other
// chat out: workers are free, so the newcomer is handled at once.
func TestChattyChatsDoNotKeepOthersOutWhileTheModelThinks(t *testing.T) {
	t.Parallel()
	c, think := bustest.Conn(t), make(chan struct{})
	var thinking atomic.Int32
	newcomer := make(chan struct{})
	r := consume(t, c, bus.Consumer{Workers: 32}, func(ctx context.Context, d bus.Delivery) error {
		if d.Event.Text == "newcomer" {
			close(newcomer)
			return nil
		}
		thinking.Add(1)
		defer thinking.Add(-1)
		select {
		case <-think:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	t.Cleanup(func() { close(think); r.cancel() })
	const chatty, messages = 12, 40
	for range chatty {
		id := chatIn(0)
		for range messages {
			says(t, c, id, "and another thing")
		}
	}
	bustest.Eventually(t, "one message of each chatty chat is thought about", func() bool { return thinking.Load() == chatty })
	says(t, c, chatIn(0), "newcomer")
	bustest.Eventually(t, "the newcomer is handled, while all others wait", func() bool {
		select {
		case <-newcomer:
			return true
		default:
			return false
		}
	})
	if n := thinking.Load(); n != chatty {
		t.Errorf("%d messages are being thought about, want one of each chat", n)
	}
}

// What finds no room in its lane is handled later, each once, and never two of a chat at
// the same time.
func TestWhatFindsNoRoomInItsLaneIsHandledLater(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t)
	c, think := s.Connect("bot"), make(chan struct{})
	var mu sync.Mutex
	var handled, again []uint64
	atOnce := atomic.Int32{}
	consume(t, c, bus.Consumer{Workers: 8}, func(ctx context.Context, d bus.Delivery) error {
		if atOnce.Add(1) > 1 {
			t.Error("two events of one chat at the same time")
		}
		defer atOnce.Add(-1)
		select {
		case <-think:
		case <-ctx.Done():
			return ctx.Err()
		}
		mu.Lock()
		defer mu.Unlock()
		handled = append(handled, d.Event.Seq)
		if d.Tries > 1 {
			again = append(again, d.Event.Seq)
		}
		return nil
	})
	id := chat.NewID()
	const messages = 60
	var all []uint64
	for range messages {
		all = append(all, says(t, c, id, "and another thing"))
	}
	bustest.Eventually(t, "some of them came more than once", func() bool { return s.Redelivered("bot") > 0 })
	close(think)
	bustest.Eventually(t, "all are handled", func() bool { return s.Settled("bot") })
	mu.Lock()
	defer mu.Unlock()
	if sorted := slices.Sorted(slices.Values(handled)); !slices.Equal(sorted, all) {
		t.Errorf("handled were %v, want each of %v once", sorted, all)
	}
	inOrder := slices.DeleteFunc(slices.Clone(handled), func(seq uint64) bool { return slices.Contains(again, seq) })
	if len(again) == 0 || !slices.IsSorted(inOrder) {
		t.Errorf("delivered again were %v, and the others were handled in this order: %v", again, inOrder)
	}
	noNotesLeft(t, c)
}
