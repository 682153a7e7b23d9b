package escalation

import (
	"context"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// timerIdle is the timer of a chat in which nobody writes, for Options.IdleLimit.
const timerIdle = "idle"

const (
	defaultIdleLimit = 24 * time.Hour
	idleLimitText    = "The chat was closed because nobody wrote for a long time. Write again at any time."
)

// armIdle makes sure that a chat in which a visitor writes has an idle timer.
func (w *Worker) armIdle(ctx context.Context, e chat.Event) error {
	now := w.now()
	if w.idleTimers.has(e.Chat, now) {
		return nil
	}
	until := now.Add(w.opts.IdleLimit)
	if err := w.setTimer(ctx, bus.Timer{Chat: e.Chat, Kind: timerIdle, Seq: e.Seq, At: until}); err != nil {
		return err
	}
	w.idleTimers.set(e.Chat, until)
	return nil
}

// idleDue closes a chat in which nothing has happened for the limit.
func (w *Worker) idleDue(v view, _ bus.Timer) (to transition, again time.Time, err error) {
	if v.State.Is() == chat.Closed || v.empty() {
		return transition{}, time.Time{}, errNoChange // the next message sets it again
	}
	// No events: all were purged, so they are older than any limit.
	if last := v.all().lastAt; !last.IsZero() {
		if until := last.Add(w.opts.IdleLimit); until.After(w.now()) {
			return transition{}, until, errNoChange
		}
	}
	return transition{reason: chat.Idle}, time.Time{}, nil
}

func (w *Worker) cacheIdle(id chat.ID, at time.Time) {
	w.idleTimers.forget(id)
	if !at.IsZero() {
		w.idleTimers.set(id, at)
	}
}

// maxCachedTimers bounds each half of a timerCache.
const maxCachedTimers = 1 << 16

// timerCache remembers which chats this replica knows to have an idle timer, so that
// a message in such a chat costs nothing. A timer that it forgets is set once more,
// which does no harm.
type timerCache struct {
	mu         sync.Mutex // guards what follows
	young, old map[chat.ID]time.Time
}

func newTimerCache() *timerCache { return &timerCache{young: map[chat.ID]time.Time{}} }

// has reports whether a timer of the chat is due after now.
func (c *timerCache) has(id chat.ID, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	until, ok := c.young[id]
	if !ok {
		until = c.old[id]
	}
	return until.After(now)
}

func (c *timerCache) set(id chat.ID, until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= maxCachedTimers {
		c.young, c.old = map[chat.ID]time.Time{}, c.young
	}
	c.young[id] = until
}

func (c *timerCache) forget(id chat.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.young, id)
	delete(c.old, id)
}
