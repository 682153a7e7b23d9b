package check

import (
	"cmp"
	"slices"
	"time"
)

// holding is a moment at which an agent gets or loses a chat.
type holding struct {
	at    time.Time
	agent string // the name: who a chat is assigned to is not told by account
	by    int    // 1 or -1
	chat  string
	line  *line
}

// capacities checks that nobody ever has more chats than they may. The chats stand in several
// streams, so what came first is told by the streams' clocks; at one moment a chat is lost before
// the next one is got, since that is reserved only after the place is given back.
func (b *book) capacities() {
	if b.opts.Capacity == 0 {
		return
	}
	var all []holding
	for _, c := range b.chats {
		holder := ""
		for _, l := range c.lines {
			if !l.durable() || l.Status == "" {
				continue
			}
			now := ""
			if l.Status == live && l.Snoozed == 0 {
				now = l.Agent
			}
			at, err := time.Parse(time.RFC3339Nano, l.At)
			if err != nil || now == holder {
				continue
			}
			if holder != "" {
				all = append(all, holding{at, holder, -1, c.id, l})
			}
			if now != "" {
				all = append(all, holding{at, now, 1, c.id, l})
			}
			holder = now
		}
	}
	slices.SortFunc(all, func(x, y holding) int {
		return cmp.Or(x.at.Compare(y.at), cmp.Compare(x.by, y.by), cmp.Compare(x.chat, y.chat))
	})
	has := map[string]int{}
	for _, h := range all {
		if has[h.agent] += h.by; h.by > 0 && has[h.agent] > b.opts.Capacity {
			c := b.chats[h.chat]
			(&life{book: b, chat: c}).report(OverCapacity, h.line, "%s got the chat at %d, has %d chats, and may have %d", h.agent, h.line.Seq, has[h.agent], b.opts.Capacity)
		}
	}
}
