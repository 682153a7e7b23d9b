package escalation

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/desk"
	"github.com/parley-chat/parley/pkg/roles"
)

// held is what this replica sees of the agents' places. It may lag: what is reserved is decided by
// the bucket. It may be used concurrently.
type held struct {
	mu     sync.Mutex // guards what follows
	of     map[string]desk.Holds
	at     map[string]uint64           // the revision that of has, by agent
	by     map[chat.ID]map[string]bool // the agents with a place for the chat
	synced bool
}

// follow follows the places until the context ends. changed is called after each change.
func (h *held) follow(ctx context.Context, conn *bus.Conn, changed func()) {
	at := map[string]uint64{} // the revision that was reported last, by agent
	bus.Follow(ctx, conn, bus.Following[desk.Holds]{
		Bucket: bus.DeskBucket, Keys: desk.HoldsKeys, Without: roles.Escalation.LostHere,
		See:    func(e bus.Entry[desk.Holds]) { at[desk.HolderOf(e.Key)] = e.Revision },
		Synced: func(all map[string]desk.Holds) { h.sync(all, at); changed() },
		Put: func(key string, now desk.Holds) {
			user := desk.HolderOf(key)
			h.put(user, now, at[user])
			changed()
		},
		Deleted: func(key string) {
			user := desk.HolderOf(key)
			h.put(user, nil, at[user])
			changed()
		},
		Lost: func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.synced = false
		},
	})
}

// sync replaces all that was seen, with values of these revisions.
func (h *held) sync(all map[string]desk.Holds, at map[string]uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clear()
	for key, now := range all {
		user := desk.HolderOf(key)
		h.set(user, now)
		h.at[user] = at[user]
	}
	h.synced = true
}

// clear forgets everything; h.mu is held.
func (h *held) clear() {
	h.of, h.at, h.by = map[string]desk.Holds{}, map[string]uint64{}, map[chat.ID]map[string]bool{}
}

// put notes what an agent's places were at a revision, unless a later one is known: whoever has
// written or read them may come back to it after others wrote.
func (h *held) put(user string, now desk.Holds, at uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.of == nil {
		h.clear()
	}
	if at < h.at[user] {
		return
	}
	h.set(user, now)
	h.at[user] = at
}

// set replaces an agent's places; h.mu is held.
func (h *held) set(user string, now desk.Holds) {
	for _, one := range h.of[user] {
		if delete(h.by[one.Chat], user); len(h.by[one.Chat]) == 0 {
			delete(h.by, one.Chat)
		}
	}
	delete(h.of, user)
	if len(now) == 0 {
		return
	}
	h.of[user] = now
	for _, one := range now {
		if h.by[one.Chat] == nil {
			h.by[one.Chat] = map[string]bool{}
		}
		h.by[one.Chat][user] = true
	}
}

// all returns the places of all agents; ok is false while they are not known.
func (h *held) all() (of map[string]desk.Holds, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.of), h.synced
}

// total returns how many places all agents have together; ok is false while they are not known.
func (h *held) total() (n int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, of := range h.of {
		n += len(of)
	}
	return n, h.synced
}

// count returns how many places the agent has.
func (h *held) count(user string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.of[user])
}

// holders returns the agents who have a place for the chat.
func (h *held) holders(id chat.ID) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Sorted(maps.Keys(h.by[id]))
}

// reserving reports whether somebody reserved a place for the chat since then, in the state that
// it has since seq: they are about to give it to an agent.
func (h *held) reserving(id chat.ID, seq uint64, since time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for user := range h.by[id] {
		if one, is := h.of[user].Of(id); is && one.Seq >= seq && one.At.After(since) {
			return true
		}
	}
	return false
}
