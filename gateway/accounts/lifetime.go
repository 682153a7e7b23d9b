package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/parley-chat/parley/pkg/merge"
)

// Times are how long sessions last.
type Times struct {
	// Idle is how long a session lasts after the agent last did something.
	Idle time.Duration
	// Longest is how long it lasts whatever is done; then the agent signs in again.
	Longest time.Duration
	// Record is how far apart the uses are that are recorded, so that a session that is
	// used all the time costs one write in this time. Sessions end up to this much sooner
	// than Idle after the last use.
	Record time.Duration
}

// usualTimes are a working day and a week.
var usualTimes = Times{Idle: merge.SessionIdle, Longest: 7 * 24 * time.Hour, Record: 10 * time.Minute}

// maxUsed is how many sessions of one account are remembered with their last use. With
// more of them, the one used longest ago is forgotten: it lasts for Idle from its sign-in.
const maxUsed = merge.MaxUsed

// lastUse is when the agent last did something, as far as it was recorded. Signing in
// counts.
func (a Agent) lastUse() time.Time {
	if a.used.After(a.began) {
		return a.used
	}
	return a.began
}

// Over reports whether the agent's session has timed out: nothing was done for too long,
// or it has lasted as long as any session may. It reads nothing but the clock.
func (a *Accounts) Over(agent Agent) bool {
	now := a.now()
	return !now.Before(agent.latest) || !now.Before(agent.lastUse().Add(a.times.Idle))
}

// ProlongDue reports whether Prolong has something to record. It reads nothing but the
// clock.
func (a *Accounts) ProlongDue(agent Agent) bool {
	return a.now().Sub(agent.lastUse()) >= a.times.Record
}

// Prolong records that a person did something as the agent, so that the session lasts
// for Idle from now, and returns the updated agent. It is for what a person causes, never
// for what a page does by itself. A session that has ended stays so: the refusal is
// not_signed_in.
func (a *Accounts) Prolong(ctx context.Context, agent Agent) (Agent, error) {
	acc, err := a.change(ctx, agent.User, func(acc *account) error {
		agent = acc.current(agent)
		if acc.ends(agent) || a.Over(agent) {
			return errNotSignedIn()
		}
		if !a.ProlongDue(agent) {
			return errUnchanged // another tab was faster
		}
		acc.use(agent.session, a.now().UTC(), a.times.Idle)
		return nil
	})
	if errors.Is(err, errUnchanged) {
		return agent, nil
	}
	if err != nil {
		return Agent{}, err
	}
	return acc.current(agent), nil
}

// use records a use of the session, and forgets those that were idle for too long.
func (a *account) use(session string, now time.Time, idle time.Duration) {
	used := map[string]time.Time{session: now}
	oldest := ""
	for s, at := range a.Used {
		if s == session || now.Sub(at) >= idle {
			continue
		}
		used[s] = at
		if oldest == "" || at.Before(used[oldest]) {
			oldest = s
		}
	}
	if len(used) > maxUsed {
		delete(used, oldest)
	}
	a.Used = used
}
