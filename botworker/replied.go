package botworker

import (
	"sync"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// replied remembers the last reply that this replica stored in each chat. A message that
// such a reply covers is dealt with for good, since AnsweredThrough never falls: its
// delivery needs no read at all. So in a burst of messages each is read once, for the
// reply that covers it, and not once more for every other delivery of the burst.
//
// Replies that announce a person are not remembered: each delivery that one covers makes
// sure that the person is asked for. It may be used concurrently.
type replied struct {
	mu         sync.Mutex // guards what follows
	young, old map[chat.ID]bus.Snapshot
}

// maxReplied bounds each half of replied; an entry takes some 300 bytes. When the young
// half is full, the old one is forgotten: what is not known here is read.
const maxReplied = 1 << 13

// last returns the state that this replica's last reply left the chat in; the zero
// snapshot if none is remembered.
func (r *replied) last(id chat.ID) bus.Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.young[id]; ok {
		return s
	}
	return r.old[id]
}

// keep remembers a reply that was stored.
func (r *replied) keep(reply chat.Event) {
	if reply.State.Handover {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= maxReplied || r.young == nil {
		r.young, r.old = map[chat.ID]bus.Snapshot{}, r.young
	}
	if r.young[reply.Chat].Out < reply.Seq {
		r.young[reply.Chat] = bus.Snapshot{Out: reply.Seq, State: *reply.State}
	}
}
