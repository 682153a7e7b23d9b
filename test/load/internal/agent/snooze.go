package agent

import (
	"context"
	"time"
)

// snooze lets the chat rest for some seconds, or until its visitor writes. slept reports that it
// does so and the agent turns to others, and done that they no longer talk in it.
func (v *visit) snooze(ctx context.Context) (slept, done bool) {
	if len(v.h.Others) == 0 || v.h.over() {
		return false, false
	}
	until := ""
	if v.r.IntN(3) > 0 {
		until = time.Now().Add(time.Second + time.Duration(v.r.Int64N(int64(4*time.Second)))).UTC().Format(time.RFC3339Nano)
	}
	if v.r.IntN(8) == 0 {
		v.DropOnCall()
	}
	v.h.Partings.now(v.chat) // the visitor writes in this moment
	got, err := v.Call(ctx, "snooze", v.chat, until)
	if err != nil {
		return true, true
	}
	if got.Code != "" {
		return false, got.Code != "bad_time"
	}
	v.count(func(t *Tally) { t.Snoozed++ })
	switch v.r.IntN(6) {
	case 0: // words in their sleep
		_, _ = v.Call(ctx, "say", v.chat, v.words("still at it"))
	case 1: // another time
		_, _ = v.Call(ctx, "snooze", v.chat, time.Now().Add(2*time.Second).UTC().Format(time.RFC3339Nano))
	case 2: // on second thoughts
		if got, err := v.Call(ctx, "wake", v.chat, ""); err == nil && got.Code == "" {
			return false, false
		}
	}
	return true, true
}

// last returns the last event that the agent has seen of a watched chat.
func (a *Agent) last(chat string) uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Seen{a}.Last(chat)
}

// over reports whether nobody begins anything more: chats that sleep are woken then, so that their
// visitors need not wait.
func (h Habits) over() bool { return h.Over != nil && h.Over() }

// wakeUp wakes a chat of the agent's that still sleeps in the end, and lets it go.
func (v *visit) wakeUp(ctx context.Context) {
	if got, err := v.Call(ctx, "wake", v.chat, ""); err != nil || got.Code != "" {
		return
	}
	if _, err := v.Watch(ctx, v.chat); err == nil {
		v.let(ctx)
	}
}
