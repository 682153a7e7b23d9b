package bus

import (
	"testing"

	"github.com/parley-chat/parley/pkg/chat"
)

// Lanes have two bounds, and what they hold comes out in order.
func TestLanesAreBounded(t *testing.T) {
	t.Parallel()
	var l lanes
	full := (maxInLanes + maxInLane - 2) / (maxInLane - 1) // so many lanes take all that is bounded
	ids := make([]chat.ID, full+2)
	for i := range ids {
		ids[i] = chat.NewID()
		if at := l.enter(&held{task: task{chat: ids[i]}}, true); at != first {
			t.Fatalf("the first of chat %d is %d", i, at)
		}
	}
	kept := map[chat.ID][]*held{}
	for i, id := range ids {
		for range maxInLane + 1 {
			h := &held{task: task{chat: id}}
			refused := len(kept[id]) == maxInLane || len(kept[id]) > 0 && l.count == maxInLanes
			at := l.enter(h, true)
			if at == noPlace != refused {
				t.Fatalf("chat %d with %d waiting: %d", i, len(kept[id]), at)
			}
			if at == behind {
				kept[id] = append(kept[id], h)
			}
		}
	}
	if l.count != maxInLanes {
		t.Errorf("%d wait, want %d", l.count, maxInLanes)
	}
	if n := len(kept[ids[full]]); n != 1 {
		t.Errorf("once all lanes are full, %d of another chat wait, want the next one", n)
	}
	last := &held{task: task{chat: ids[0]}}
	if l.enter(last, false) != behind {
		t.Error("a bound counted where none is to")
	}
	kept[ids[0]] = append(kept[ids[0]], last)
	for id, want := range kept {
		for _, h := range want {
			if l.next(id) != h {
				t.Fatalf("chat %s is out of order", id)
			}
		}
	}
	for _, id := range ids {
		if l.next(id) != nil {
			t.Error("a lane holds too much")
		}
	}
	if len(l.waiting) != 0 || l.count != 0 {
		t.Errorf("%d lanes and %d deliveries are left", len(l.waiting), l.count)
	}
}
