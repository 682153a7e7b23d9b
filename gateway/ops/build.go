package ops

import (
	"cmp"
	"maps"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
)

// tasks are the durable consumers: whose they are, and in which kind of stream.
var tasks = []struct {
	name, role, consumer string
	timers               bool
}{
	{"bot", "botworker", bus.BotConsumer, false},
	{"escalation", "escalation", bus.EscalationConsumer, false},
	{"timers", "escalation", bus.EscalationConsumer, true},
	{"history", "historyworker", bus.HistoryConsumer, false},
}

// fill takes into the snapshot what NATS told.
func (s *Snapshot) fill(o bus.Overview) {
	s.Server, s.reached, s.heard = o.Server, o.Reached(), o.Heard
	s.Streams = append([]bus.StreamLook{}, o.Streams...) // a list also where it is empty
	s.missed = o.Missing
	for _, m := range o.Missing {
		s.Missing = append(s.Missing, m.What)
	}
	slices.Sort(s.Missing)
	for _, stream := range o.Streams {
		if stream.Name == bus.DeadStream {
			s.Dead.Letters = stream.Messages
			if stream.Messages > 0 {
				s.Dead.First = stream.FirstAt
			}
		}
	}
	for _, t := range tasks {
		s.Work = append(s.Work, workOf(t.name, t.role, t.consumer, t.timers, o))
	}
	s.Nodes = nodesOf(o.Streams)
	s.Flow = flowOf(o)
}

// workOf adds up one consumer over its streams.
func workOf(name, role, consumer string, timers bool, o bus.Overview) Work {
	w := Work{Name: name, Role: role, Whole: true}
	for _, c := range o.Consumers {
		if c.Name != consumer || (c.Stream == bus.TimerStream) != timers {
			continue
		}
		w.Pending += c.Pending
		w.Unacked += c.Unacked
		w.Redelivered += c.Redelivered
		w.Done += c.Delivered - min(c.Delivered, c.Unacked)
		if waits := c.Pending + c.Unacked; waits > 0 {
			if w.Streams == nil {
				w.Streams = map[string]uint64{}
			}
			w.Streams[c.Stream] = waits
		}
		if !c.Oldest.IsZero() && (w.Oldest.IsZero() || c.Oldest.Before(w.Oldest)) {
			w.Oldest = c.Oldest
		}
	}
	w.Waiting = w.Pending + w.Unacked
	for _, m := range o.Missing {
		if m.Consumer == consumer && (m.Stream == bus.TimerStream) == timers {
			w.Whole = false
		}
	}
	return w
}

// flowOf adds up the chats' streams, or returns nil where one is missing.
func flowOf(o bus.Overview) *Flow {
	f := &Flow{}
	for _, m := range o.Missing {
		if m.Chats() {
			return nil
		}
	}
	for _, s := range o.Streams {
		if s.HoldsChats() {
			f.Events += s.Last
		}
	}
	for _, c := range o.Consumers {
		switch {
		case c.Stream == bus.TimerStream:
		case c.Name == bus.BotConsumer:
			f.SeenBot += c.Delivered + c.Pending
		case c.Name == bus.EscalationConsumer:
			f.SeenEscalation += c.Delivered + c.Pending
		}
	}
	return f
}

// nodesOf lists the servers that hold copies, by name.
func nodesOf(streams []bus.StreamLook) []Node {
	nodes := map[string]*Node{}
	for _, s := range streams {
		for _, c := range s.Copies {
			n := nodes[c.Node]
			if n == nil {
				n = &Node{Name: c.Node}
				nodes[c.Node] = n
			}
			n.Copies++
			n.Offline = n.Offline || c.Offline
			if !c.Current || c.Offline {
				n.Behind++
			}
			if c.Node == s.Leader {
				n.Leads++
			}
		}
	}
	list := make([]Node, 0, len(nodes))
	for n := range maps.Values(nodes) {
		list = append(list, *n)
	}
	slices.SortFunc(list, func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
