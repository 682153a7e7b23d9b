package escalation

import (
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// armedAtOnce bounds each half of what armed remembers.
const armedAtOnce = 1 << 16

// armed remembers for which chats this replica knows an idle timer to be set, so
// that a message in a chat that has one costs nothing. What it forgets is set
// once more, which does no harm.
type armed struct {
	mu         sync.Mutex // guards what follows
	young, old map[chat.ID]time.Time
}

func newArmed() *armed { return &armed{young: map[chat.ID]time.Time{}} }

// has reports whether a timer of the chat is due after now.
func (a *armed) has(id chat.ID, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	until, ok := a.young[id]
	if !ok {
		until = a.old[id]
	}
	return until.After(now)
}

func (a *armed) set(id chat.ID, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.young) >= armedAtOnce {
		a.young, a.old = map[chat.ID]time.Time{}, a.young
	}
	a.young[id] = until
}

func (a *armed) forget(id chat.ID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.young, id)
	delete(a.old, id)
}
