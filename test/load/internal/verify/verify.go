// Package verify holds what clients and a store tell of a chat to what Parley
// promises. It knows nothing but events.
package verify

import (
	"fmt"
	"slices"

	"github.com/parley-chat/parley/test/load/internal/client"
)

// View is a chat as somebody saw it.
type View struct {
	Name   string // "the sender", "the store"
	Events []client.Event
	// Chained says that the events carry prev.
	Chained bool
}

// Chat is all that is known of one chat. Every view shall show the whole of it.
type Chat struct {
	Visitor string
	Sent    []client.Sent // in the order in which they were sent
	Views   []View        // the first one is what the others are compared with
}

// Check returns what is wrong, a sentence each; none where all promises were
// kept.
func Check(c Chat) []string {
	var wrong []string
	add := func(format string, v ...any) {
		wrong = append(wrong, c.Visitor+": "+fmt.Sprintf(format, v...))
	}
	if len(c.Views) == 0 {
		add("nobody saw the chat")
		return wrong
	}
	for _, v := range c.Views {
		inOrder(v, add)
	}
	for _, v := range c.Views[1:] {
		same(c.Views[0], v, add)
	}
	accepted(c.Sent, c.Views[0].Events, add)
	answered(c.Views[0].Events, add)
	return wrong
}

type adder func(format string, v ...any)

// inOrder: sequences rise, and each event names the one before it.
func inOrder(v View, add adder) {
	last := uint64(0)
	for _, e := range v.Events {
		if e.Seq <= last {
			add("%s saw event %d after %d", v.Name, e.Seq, last)
			return
		}
		if v.Chained && e.Prev != last {
			add("%s saw event %d after %d, but it names %d as the one before it", v.Name, e.Seq, last, e.Prev)
			return
		}
		last = e.Seq
	}
}

// same: two views show the same events.
func same(a, b View, add adder) {
	for i := range min(len(a.Events), len(b.Events)) {
		x, y := a.Events[i], b.Events[i]
		switch {
		case x.Seq != y.Seq:
			add("after %d events %s saw event %d (%s), where %s saw %d (%s)", i, a.Name, x.Seq, x.Kind, b.Name, y.Seq, y.Kind)
			return
		case x.Kind != y.Kind || x.ID != y.ID || x.Text != y.Text || x.From != y.From || x.Through != y.Through:
			add("event %d is not the same for %s and %s: %+v and %+v", x.Seq, a.Name, b.Name, x, y)
			return
		}
	}
	if n, m := len(a.Events), len(b.Events); n != m {
		add("%s saw %d events and %s %d", a.Name, n, b.Name, m)
	}
}

// accepted: what was sent is in the log once, where its acknowledgement says, as
// it was sent, in the order in which it was sent; and nothing else of the
// visitor's is.
func accepted(sent []client.Sent, events []client.Event, add adder) {
	at := map[string][]client.Event{}
	for _, e := range events {
		if e.From.Role == "visitor" {
			at[e.ID] = append(at[e.ID], e)
		}
	}
	last := uint64(0)
	for _, m := range sent {
		got := at[m.ID]
		delete(at, m.ID)
		switch {
		case m.Seq == 0:
			add("message %s was never acknowledged", m.ID)
		case len(got) == 0:
			add("message %s was acknowledged as event %d and is not in the chat", m.ID, m.Seq)
		case len(got) > 1:
			add("message %s is in the chat %d times, as events %d and %d", m.ID, len(got), got[0].Seq, got[1].Seq)
		case got[0].Seq != m.Seq:
			add("message %s was acknowledged as event %d and is event %d", m.ID, m.Seq, got[0].Seq)
		case got[0].Text != m.Text:
			add("message %s was %q and became %q", m.ID, m.Text, got[0].Text)
		case m.Seq < last:
			add("message %s is event %d, before the one that was sent before it (%d)", m.ID, m.Seq, last)
		}
		last = max(last, m.Seq)
	}
	for id, got := range at {
		add("event %d is message %q, which was never sent", got[0].Seq, id)
	}
}

// answered: every message is covered by one reply. A reply covers what came
// after the one before it covered, up to its through.
func answered(events []client.Event, add adder) {
	var open []uint64 // messages that no reply covers yet
	through := uint64(0)
	for _, e := range events {
		switch {
		case e.Kind == "message":
			open = append(open, e.Seq)
		case e.Kind == "reply":
			if e.Through >= e.Seq {
				add("reply %d covers %d, which was not said yet", e.Seq, e.Through)
			}
			n := 0
			for n < len(open) && open[n] <= e.Through {
				n++
			}
			if e.Through <= through || n == 0 {
				add("reply %d covers up to %d, which was answered before: one message has two replies", e.Seq, e.Through)
			}
			through, open = max(through, e.Through), slices.Delete(open, 0, n)
		case e.Kind == "state":
			add("event %d changed the chat to %s, which nobody asked for", e.Seq, e.Status)
		}
	}
	for _, seq := range open {
		add("message %d has no reply", seq)
	}
}

// Replies counts them.
func Replies(events []client.Event) (n int) {
	for _, e := range events {
		if e.Kind == "reply" {
			n++
		}
	}
	return n
}
