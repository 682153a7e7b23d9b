package escalation

import (
	"fmt"
	"testing"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestTheMemoryOfIdleTimersIsBounded(t *testing.T) {
	c := newTimerCache()
	for i := range 3 * maxCachedTimers {
		c.set(chat.ID(fmt.Sprint(i)), noon)
	}
	if n := len(c.young) + len(c.old); n > 2*maxCachedTimers {
		t.Errorf("%d are remembered", n)
	}
	last := chat.ID(fmt.Sprint(3*maxCachedTimers - 1))
	if !c.has(last, noon.Add(-1)) || c.has(last, noon) || c.has("0", noon.Add(-1)) {
		t.Error("it remembers the wrong ones")
	}
	c.forget(last)
	if c.has(last, noon.Add(-1)) {
		t.Error("it does not forget")
	}
}
