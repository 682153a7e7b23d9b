package desk

import (
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/chat"
)

// Position is a visitor's position in the queue.
type Position struct {
	Place   int           // from 1
	Waiting int           // how many wait
	About   time.Duration // how long it may take, in whole minutes; 0: unknown
	Nobody  bool          // no agent is online
	Busy    bool          // each agent who is online has a chat already
}

// Positions returns the position of every waiting chat among the entries: first
// come, first served. pace is the time between two chats that are taken; 0 if it
// is unknown.
func Positions(entries []Entry, pace time.Duration) map[chat.ID]Position {
	var waiting []Entry
	for _, e := range entries {
		if e.Status == chat.Waiting {
			waiting = append(waiting, e)
		}
	}
	slices.SortFunc(waiting, CompareWaiting)
	positions := make(map[chat.ID]Position, len(waiting))
	for i, e := range waiting {
		positions[e.Chat] = Position{Place: i + 1, Waiting: len(waiting), About: About(i+1, pace)}
	}
	return positions
}

// About returns how long a place in the queue may take at that pace, in whole minutes; 0 if
// the pace is unknown.
func About(place int, pace time.Duration) time.Duration {
	return wholeMinutes(time.Duration(place) * pace)
}

const (
	// PaceOver is how many of the last takes the pace is measured over; minTakes is
	// how many it needs at least, and maxTakeAge how old they may be.
	PaceOver   = 20
	minTakes   = 3
	maxTakeAge = time.Hour
)

// Pace returns the time between two chats that are taken, given when the last ones
// were taken, in order; 0 if too few were taken lately to tell.
func Pace(taken []time.Time, now time.Time) time.Duration {
	taken = taken[max(0, len(taken)-PaceOver):]
	for len(taken) > 0 && now.Sub(taken[0]) > maxTakeAge {
		taken = taken[1:]
	}
	if len(taken) < minTakes {
		return 0
	}
	return now.Sub(taken[0]) / time.Duration(len(taken))
}

// wholeMinutes rounds up, so that no visitor is promised seconds that nobody can
// keep.
func wholeMinutes(d time.Duration) time.Duration {
	return (d + time.Minute - 1).Truncate(time.Minute)
}
