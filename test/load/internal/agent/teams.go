package agent

import (
	"context"
	"hash/fnv"
	"time"

	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// tries reports whether the agent tries to take a waiting chat: those of their own teams, and of
// the others some, in vain.
func (a *Agent) tries(h Habits, chat, team string) bool {
	if h.Teams == nil || h.Teams.Serves(team, a.o.User) {
		return true
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(chat))
	return sum.Sum32()%8 == 0
}

// passOn gives the chat to a colleague, or puts it into the line of a team, often with a note, and
// reports whether it is no longer the agent's, or never to be known.
func (v *visit) passOn(ctx context.Context) bool {
	what, to := "pass_on", v.other()
	if v.h.Teams != nil && v.r.IntN(2) == 0 {
		what, to = "pass_team", v.line()
	}
	if v.r.IntN(4) == 0 {
		v.DropOnCall()
	}
	return v.passTo(ctx, what, to)
}

// passTo is passOn to somebody.
func (v *visit) passTo(ctx context.Context, what, to string) bool {
	note := ""
	if v.r.IntN(3) > 0 {
		note = v.words("what you should know")
	}
	got, err := v.PassOn(ctx, what, v.chat, to, note)
	if err == nil && got.Code == "" {
		v.count(func(t *Tally) { t.PassedOn++ })
	}
	return err != nil || got.Code == ""
}

// line is a team's id, perhaps of one that was deleted.
func (v *visit) line() string {
	ids := v.h.Teams.IDs()
	return ids[v.r.IntN(len(ids))]
}

// rest is a time in which the agent wants no chats.
func (v *visit) rest(ctx context.Context) {
	v.mu.Lock()
	already := v.resting
	v.resting = true
	v.mu.Unlock()
	if already { // in another chat
		return
	}
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.resting = false
	}()
	if v.Away(ctx, true) {
		wire.Wait(ctx, time.Second+time.Duration(v.r.Int64N(int64(8*time.Second))))
	}
	for !v.Away(ctx, false) {
		if !wire.Wait(ctx, 300*time.Millisecond) {
			return
		}
	}
}
