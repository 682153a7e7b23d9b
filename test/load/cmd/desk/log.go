package main

import (
	"cmp"
	"path/filepath"
	"slices"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
)

// log is the changes of all chats, by the streams' clock. One server has one clock.
type log struct{ changes []change }

// change is one change of a chat's state.
type change struct {
	chat, reason, status, agent string // the agent's name, who has the chat after it
	by                          string // who changed it
	seq                         uint64
	at                          time.Time
	was                         string // who had it before
}

func readLog(dir string) (*log, error) {
	events, err := history.Read[history.Event](filepath.Join(dir, history.StreamFile))
	if err != nil {
		return nil, err
	}
	return logOf(events)
}

// logOf orders the changes by their times. At one moment a chat is lost before another is got:
// that is reserved only after the place is given back.
func logOf(events []history.Event) (*log, error) {
	l, has := &log{}, map[string]string{} // by chat
	for _, e := range events {
		if e.Status == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, e.At)
		if err != nil {
			return nil, err
		}
		c := change{chat: e.Chat, reason: e.Reason, status: e.Status, by: e.Name, seq: e.Seq, at: at, was: has[e.Chat]}
		if e.Status == "live" {
			c.agent = e.Agent
		}
		has[e.Chat] = c.agent
		l.changes = append(l.changes, c)
	}
	gets := func(c change) int {
		if c.agent != "" {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(l.changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(gets(a), gets(b))) })
	return l, nil
}

// held is what the log says of who had what.
type held struct {
	given    int            // times that a chat came to an agent
	twice    int            // of these, while another had it, who did not give it away
	most     map[string]int // chats at once, by agent
	above    int            // times that somebody got a chat beyond the capacity
	now      map[string]int // chats at the end
	from, to time.Time      // of the first and the last chat that was given
}

func (l *log) held(capacity int) held {
	h := held{most: map[string]int{}, now: map[string]int{}}
	for _, c := range l.changes {
		if c.agent == c.was {
			continue
		}
		if c.was != "" {
			h.now[c.was]--
		}
		if c.agent == "" {
			continue
		}
		h.given++
		if c.was != "" && c.reason != "passed_on" && c.reason != "taken_over" {
			h.twice++
		}
		if h.from.IsZero() {
			h.from = c.at
		}
		h.to = c.at
		h.now[c.agent]++
		h.most[c.agent] = max(h.most[c.agent], h.now[c.agent])
		if h.now[c.agent] > capacity {
			h.above++
		}
	}
	return h
}

// first returns who was the first to get each chat.
func (l *log) first() map[string]string {
	got := map[string]string{}
	for _, c := range l.changes {
		if c.agent != "" && got[c.chat] == "" {
			got[c.chat] = c.agent
		}
	}
	return got
}
