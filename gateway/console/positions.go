package console

import (
	"slices"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// position is a visitor's place in the queue.
type position struct {
	place   int // from 1
	waiting int // how many wait
	about   time.Duration
}

// places returns the place of every waiting chat: who asked first is first.
func positions(desk map[chat.ID]bus.DeskEntry, pace time.Duration) map[chat.ID]position {
	var waiting []bus.DeskEntry
	for _, e := range desk {
		if e.Status == chat.Waiting {
			waiting = append(waiting, e)
		}
	}
	slices.SortFunc(waiting, bus.CompareWaiting)
	byChat := make(map[chat.ID]position, len(waiting))
	for i, e := range waiting {
		byChat[e.Chat] = position{place: i + 1, waiting: len(waiting), about: wholeMinutes(time.Duration(i+1) * pace)}
	}
	return byChat
}

const (
	// paceOver is how many takes the pace is measured over, and paceFrom how
	// many it needs at least; fewer say nothing.
	paceOver = 20
	paceFrom = 3
	paceAge  = time.Hour
)

// pace returns how much time passes between two chats that are taken, by when
// the last ones were; 0 where too few were taken of late to tell.
func pace(taken []time.Time, now time.Time) time.Duration {
	taken = taken[max(0, len(taken)-paceOver):]
	for len(taken) > 0 && now.Sub(taken[0]) > paceAge {
		taken = taken[1:]
	}
	if len(taken) < paceFrom {
		return 0
	}
	return now.Sub(taken[0]) / time.Duration(len(taken))
}

// wholeMinutes rounds up, so that visitors are not told seconds that nobody
// can keep.
func wholeMinutes(d time.Duration) time.Duration {
	return (d + time.Minute - 1).Truncate(time.Minute)
}
