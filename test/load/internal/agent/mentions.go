package agent

import (
	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// mentioned records where the agent reads that they were mentioned; with the lock held.
func (a *Agent) mentioned(list []wire.Mention) {
	told := make([]history.Event, 0, len(list))
	for _, m := range list {
		told = append(told, history.Event{Chat: m.Chat, Seq: m.Seq, User: m.By})
	}
	a.write(history.Entry{Op: history.Mentions, Events: told})
	a.unseen = list
}

// seenMentions returns the frames that say what has been seen of it, each once; with the lock
// held.
func (a *Agent) seenMentions() (out []wire.Request) {
	var rest []wire.Mention
	for _, m := range a.unseen {
		if w := a.watched[m.Chat]; w == nil || !w.opened || w.last < m.Seq {
			rest = append(rest, m)
			continue
		}
		out = append(out, wire.Request{T: "mentions_seen", Chat: m.Chat, Seq: m.Seq})
	}
	a.unseen = rest
	return out
}
