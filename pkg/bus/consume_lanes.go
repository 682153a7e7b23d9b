package bus

import (
	"time"

	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/chat"
)

const (
	// maxInLane bounds the deliveries of one chat that wait behind the one that is being
	// handled, and maxInLanes those of all chats of one stream, where the one that is next
	// in its lane does not count: whoever reads a reply and writes again does so before its
	// handler has returned, in as many chats at once as the replica handles. They are
	// reported to NATS every second, so more of them would be a load of its own.
	maxInLane  = 16
	maxInLanes = 128
)

// laneFull is for deliveries that find no room in their lane, by how often they were
// delivered. What is ahead of them in the lane is handled after they were stored, so a
// bot's reply to that covers them, and they need not hurry.
var laneFull = backoff.Policy{Min: 2 * time.Second, Max: 16 * time.Second}

// lanes has a lane for each chat of which a delivery is being handled, or is about to
// be: the deliveries that wait behind that one, in the order in which they came. One
// chat's waiting deliveries keep no other chat's out, and take none of the room that
// chats are handled in: a visitor who writes twenty times while the bot thinks would
// otherwise hold twenty places.
//
// The zero value is ready. Its methods must not be called concurrently.
type lanes struct {
	waiting map[chat.ID][]*held
	count   int // in all lanes, without the next one of each
}

// place is what enter decided.
type place int

const (
	first   place = iota // nothing of the chat is being handled: handle it now
	behind               // it waits in its lane
	noPlace              // the lane, or all lanes together, are full
)

// enter puts a delivery into its chat's lane. bounded says whether the bounds count.
func (l *lanes) enter(h *held, bounded bool) place {
	lane, busy := l.waiting[h.chat]
	switch {
	case !busy:
		if l.waiting == nil {
			l.waiting = map[chat.ID][]*held{}
		}
		l.waiting[h.chat] = nil
		return first
	case len(lane) == 0:
	case bounded && (len(lane) >= maxInLane || l.count >= maxInLanes):
		return noPlace
	default:
		l.count++
	}
	l.waiting[h.chat] = append(lane, h)
	return behind
}

// alone reports whether nothing waits behind what is being handled of that chat.
func (l *lanes) alone(id chat.ID) bool { return len(l.waiting[id]) == 0 }

// next takes the next delivery out of a lane, once the one before it is handled. If
// there is none it removes the lane and returns nil.
func (l *lanes) next(id chat.ID) *held {
	lane := l.waiting[id]
	if len(lane) == 0 {
		delete(l.waiting, id)
		return nil
	}
	l.waiting[id] = lane[1:]
	if len(lane) > 1 {
		l.count--
	}
	return lane[0]
}
