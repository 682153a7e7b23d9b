package ops

import (
	"cmp"
	"maps"
	"slices"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/roles"
)

// fill copies what NATS reported into the snapshot.
func (s *Snapshot) fill(o bus.Overview) {
	s.Server, s.reached, s.heard = o.Server, o.Reached(), o.Heard
	s.Streams = append([]bus.StreamLook{}, o.Streams...) // a list, even if it is empty
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
	for _, r := range roles.All() {
		for _, w := range r.Work {
			s.Work = append(s.Work, workOf(r, w, o))
		}
	}
	s.Nodes = nodesOf(o.Streams)
	s.Flow = flowOf(o)
}

// workOf adds up one consumer over its streams.
func workOf(role roles.Role, of roles.Work, o bus.Overview) Work {
	w := Work{Name: of.Key, Role: role.Name, Whole: true, of: of}
	for _, c := range o.Consumers {
		if c.Name != of.Name || !of.On(c.Stream) {
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
		if m.Consumer == of.Name && of.On(m.Stream) {
			w.Whole = false
		}
	}
	return w
}

// flowOf adds up the chats' streams, or returns nil if one is missing.
func flowOf(o bus.Overview) *Flow {
	f := &Flow{Seen: map[string]uint64{}}
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
	for _, r := range roles.All() {
		for _, w := range r.Work {
			if w.Filter == bus.AllMessages || w.Filter == bus.AllRequests {
				f.Seen[w.Key] = seenBy(w, o)
			}
		}
	}
	return f
}

// seenBy counts what a consumer was given, and what it still will be.
func seenBy(w roles.Work, o bus.Overview) (n uint64) {
	for _, c := range o.Consumers {
		if c.Name == w.Name && w.On(c.Stream) {
			n += c.Delivered + c.Pending
		}
	}
	return n
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
