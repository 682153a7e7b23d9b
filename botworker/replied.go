package botworker

import (
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// replied remembers the last reply that this replica stored in each chat. A message that
// such a reply covers is dealt with for good, since AnsweredThrough never falls: its
// delivery needs no read at all. So in a burst of messages each is read once, for the
// reply that covers it, and not once more for every other delivery of the burst.
//
// Sequences begin anew if a stream is lost and made again, so a message counts as covered
// only if it is no younger than the last one that the reply covers. What looks younger is
// read, which is never wrong.
//
// Replies that announce a person are not remembered: each delivery that one covers makes
// sure that the person is asked for. It may be used concurrently.
type replied struct {
	mu         sync.Mutex // guards what follows
	young, old map[chat.ID]lastReply
}

// lastReply is what the last reply in a chat left; the zero value covers nothing.
type lastReply struct {
	bus.Snapshot
	at time.Time // when the last message that it covers was stored
}

// covers reports whether the reply covers the event, for good.
func (r lastReply) covers(e chat.Event) bool {
	return r.State.AnsweredThrough >= e.Seq && !e.At.After(r.at)
}

// maxReplied bounds each half of replied; an entry takes some 300 bytes. When the young
// half is full, the old one is forgotten: what is not known here is read.
const maxReplied = 1 << 13

// last returns this replica's last reply in the chat; the zero value if none is remembered.
func (r *replied) last(id chat.ID) lastReply {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.young[id]; ok {
		return s
	}
	return r.old[id]
}

// keep remembers a reply that was stored, which covers what was stored until then.
func (r *replied) keep(reply chat.Event, until time.Time) {
	if reply.State.Handover {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= maxReplied || r.young == nil {
		r.young, r.old = map[chat.ID]lastReply{}, r.young
	}
	if known := r.young[reply.Chat]; known.Out < reply.Seq || known.at.Before(until) {
		r.young[reply.Chat] = lastReply{bus.Snapshot{Out: reply.Seq, State: *reply.State}, until}
	}
}
