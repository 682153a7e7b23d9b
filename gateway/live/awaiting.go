package live

import "time"

const (
	// maxKept bounds the chats that are followed only because a reply is awaited in them.
	// Beyond it nobody waits for a reply once the last subscriber has left.
	maxKept = 8192
	// awaitedFor is how long a reply is awaited while a bot is there: longer than a slow
	// model takes.
	awaitedFor = 2 * time.Minute
	// overdueEvery is how often replies are looked for that were awaited for too long.
	overdueEvery = 10 * time.Second
)

// keepWhileAwaited keeps the channel while a reply is awaited in it: a visitor who asks
// and leaves has a question open all the same. It must be called with the lock held.
func (c *channel) keepWhileAwaited() {
	switch awaited := c.unanswered.awaited(); {
	case awaited && !c.kept:
		c.kept = c.hub.keep(c)
	case !awaited && c.kept:
		c.kept = false
		c.hub.unkeep(c)
	}
}

// keep holds the channel, unless too many are held so. A channel's lock may be held.
func (h *Hub) keep(c *channel) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.kept) >= maxKept || h.channels[c.id] != c {
		return false
	}
	h.kept[c] = struct{}{}
	c.uses++
	return true
}

// unkeep gives up what keep held. A channel's lock may be held.
func (h *Hub) unkeep(c *channel) {
	h.mu.Lock()
	delete(h.kept, c)
	h.mu.Unlock()
	h.release(c)
}

// abandon ends the wait for replies that nobody would see any more: the channel is not
// followed.
func (c *channel) abandon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range c.unanswered {
		a.end()
	}
	c.unanswered = nil
}

// giveUpOverdue ends the wait for replies that did not come in time, until the hub's
// context ends.
func (h *Hub) giveUpOverdue() {
	t := time.NewTicker(overdueEvery)
	defer t.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-t.C:
		}
		h.giveUp(time.Now())
	}
}

// giveUp ends the wait for replies that did not come within awaitedFor. While no bot is
// there nothing is given up: the messages still wait, so they must still count as open
// questions. The time begins anew once a bot is back. It must not be called concurrently.
func (h *Hub) giveUp(now time.Time) {
	if !h.botSeen() {
		h.botAway = now
		return
	}
	if now.Sub(h.botAway) >= awaitedFor {
		h.overdue(now.Add(-awaitedFor))
	}
}

// overdue ends the wait for replies to messages that were stored before then.
func (h *Hub) overdue(before time.Time) {
	h.mu.Lock()
	list := make([]*channel, 0, len(h.kept))
	for c := range h.kept {
		list = append(list, c)
	}
	h.mu.Unlock()
	for _, c := range list {
		c.mu.Lock()
		c.unanswered.drop(before)
		c.keepWhileAwaited()
		c.mu.Unlock()
	}
}
