package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
)

// Duty is what is set for one agent's work, under DutyKey in the bucket site. It belongs to the
// account, and is kept apart from it since every role that looks at the desk may read it, and
// none but the gateway may read an account, with its password. The zero Duty is that of somebody for
// whom nothing was set.
type Duty struct {
	// Away is set by agents who are given no chats for now.
	Away bool `json:"away,omitempty"`
	// Capacity is how many chats the agent may have at once, 1 to MaxCapacity; 0: as many as
	// anybody.
	Capacity int `json:"capacity,omitempty"`
	// Revision grows with each change; the higher one counts when regions are merged, then the
	// later one.
	Revision uint64    `json:"revision"`
	At       time.Time `json:"at"`
}

// MaxCapacity bounds Duty.Capacity.
const MaxCapacity = 100

// Capacity is how many chats an agent may have at once: their own number, else the largest of
// their teams' (0: none is set), else the one for all. Nobody can set a number below 1; one that
// stands there all the same is as none.
func Capacity(own Duty, teams, all int) int {
	return cmp.Or(max(0, own.Capacity), max(0, teams), all)
}

const dutyPrefix = "duty."

// DutyKeys is the pattern of the keys of all agents.
const DutyKeys = dutyPrefix + ">"

// DutyKey is the key of an agent's Duty.
func DutyKey(user string) string { return dutyPrefix + user }

// dutyOf returns the agent whose key that is; empty if it is another key.
func dutyOf(key string) string {
	user, ok := strings.CutPrefix(key, dutyPrefix)
	if !ok {
		return ""
	}
	return user
}

var changing = backoff.Policy{Min: 2 * time.Millisecond, Max: 250 * time.Millisecond}

// changeTime bounds ChangeDuty.
const changeTime = 6 * time.Second

// ChangeDuty changes what is set for an agent, however many others change it at once, and returns
// what it is then. If nothing changes, nothing is stored.
func ChangeDuty(ctx context.Context, conn *bus.Conn, user string, at time.Time, change func(*Duty)) (Duty, error) {
	ctx, cancel := context.WithTimeout(ctx, changeTime)
	defer cancel()
	bucket, err := bus.OpenBucket[Duty](ctx, conn, bus.SiteBucket)
	if err != nil {
		return Duty{}, err
	}
	for try := 1; ; try++ {
		now, revision, err := bucket.Get(ctx, DutyKey(user))
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return Duty{}, fmt.Errorf("read what is set for %s: %w", user, err)
		}
		next := now
		if change(&next); next == now {
			return now, nil
		}
		next.Revision, next.At = now.Revision+1, at.UTC().Truncate(time.Millisecond)
		_, err = bucket.Update(ctx, DutyKey(user), next, revision)
		if err == nil {
			return next, nil
		}
		if !errors.Is(err, bus.ErrConflict) || changing.Wait(ctx, try) != nil {
			return Duty{}, fmt.Errorf("store what is set for %s: %w", user, err)
		}
	}
}
