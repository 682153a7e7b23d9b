package visitor

import (
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/load/internal/history"
	"github.com/parley-chat/parley/test/load/internal/workload/wire"
)

// hear handles a frame and records it. The error is why the client can't go on.
func (v *Visitor) hear(f wire.Frame) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.deaf {
		return nil
	}
	defer v.change()
	switch f.T {
	case "welcome":
		v.write(history.Entry{Op: history.Welcome, Chat: f.Chat, Seq: f.Seq, Status: f.Status, Agent: f.Agent.Name, More: f.More})
		v.chat, v.token, v.in, v.welcome = f.Chat, f.Token, true, f.Seq
		v.status, v.agent = f.Status, f.Agent.Name
		v.reached()
	case "event":
		v.see(f.Event)
	case "ack":
		v.write(history.Entry{Op: history.Ack, Chat: v.chat, ID: f.ID, Seq: f.Seq})
		v.confirm(f.ID, f.Seq)
		if v.pageNext {
			v.pageNext = false
			v.wantPage(0)
		}
	case "page":
		v.write(history.Entry{Op: history.Page, Chat: v.chat, ID: f.ID, Events: f.Page(), More: f.More})
		v.counts.Pages++
		if v.page == nil || v.page.id != f.ID {
			return nil
		}
		v.page = nil
		if f.More && len(f.Events) > 0 && v.o.Rand.IntN(3) == 0 { // further back
			v.wantPage(f.Events[0].Seq)
		}
	case "error":
		return v.refused(f)
	}
	return nil
}

// see takes an event; with the lock held.
func (v *Visitor) see(e wire.Event) {
	told := e.Recorded()
	v.write(history.Entry{Op: history.Told, Chat: v.chat, Event: &told})
	v.counts.Told++
	v.last = max(v.last, e.Seq)
	if e.From.Role == "visitor" && !v.caughtUp && !v.o.Hasty {
		// A message of its own whose acknowledgment was lost with a connection.
		for _, m := range v.pending {
			if m.id == e.ID && m.tries > 0 {
				v.confirm(e.ID, e.Seq)
				break
			}
		}
	}
	if choices := pressable(e.Choices); len(choices) > 0 {
		v.offered = choices
	}
	if e.Kind == "state" {
		v.states++
	}
	if e.Status != "" {
		v.status, v.agent, v.through = e.Status, e.Agent.Name, max(v.through, e.Through)
		v.covered(e.Kind == "reply")
	}
	v.reached()
}

// pressable returns the choices that write something: others ask for a person.
func pressable(all []wire.Choice) (choices []wire.Choice) {
	for _, c := range all {
		if c.ID != "" {
			choices = append(choices, c)
		}
	}
	return choices
}

// reached notices when the client has seen everything that the welcome announced; with
// the lock held.
func (v *Visitor) reached() {
	if v.caughtUp || !v.in || v.last < v.welcome {
		return
	}
	v.caughtUp = true
	if !v.endedAt.IsZero() {
		v.away.Lasted = time.Since(v.endedAt)
		v.samples.Away = append(v.samples.Away, v.away)
		v.endedAt, v.away.Meant = time.Time{}, 0
	}
}

// confirm takes a stored frame off the pending list; with the lock held.
func (v *Visitor) confirm(id string, seq uint64) {
	m := v.take(id)
	if m == nil {
		return // confirmed before
	}
	v.counts.Acked++
	v.samples.Acked(time.Since(m.at), m.own)
	if m.what != "message" || asksForPerson(m.text) {
		return
	}
	v.mine = max(v.mine, seq)
	v.awaiting = append(v.awaiting, asked{seq: seq, at: m.at, own: m.own})
	// Its reply may have come first.
	v.covered(true)
}

// covered takes the messages that the chat's state covers off the list, and if a reply
// covered them, measures how long it took. With the lock held.
func (v *Visitor) covered(byReply bool) {
	kept := v.awaiting[:0]
	for _, m := range v.awaiting {
		switch {
		case m.seq > v.through:
			kept = append(kept, m)
		case byReply:
			v.counts.Replies++
			v.samples.Replied(time.Since(m.at), m.own)
		}
	}
	v.awaiting = kept
}

func (v *Visitor) take(id string) *said {
	for i, m := range v.pending {
		if m.id == id {
			v.pending = append(v.pending[:i:i], v.pending[i+1:]...)
			return m
		}
	}
	return nil
}

// refused handles an error frame: what may succeed later is resent then, and the rest is
// forgotten. With the lock held.
func (v *Visitor) refused(f wire.Frame) error {
	if strings.HasPrefix(f.ID, floodID) {
		return nil // as intended
	}
	v.write(history.Entry{Op: history.Error, Chat: v.chat, ID: f.ID, Code: f.Code, Retry: f.Retry})
	v.counts.Failed(f.Code, 1)
	later := f.Retry > 0
	if later {
		v.after = laterOf(v.after, time.Now().Add(time.Duration(f.Retry)*time.Millisecond))
	}
	switch {
	case !v.in && later:
		v.helloed = false
	case !v.in:
		return fmt.Errorf("hello is refused: %s: %s", f.Code, f.Message)
	case v.page != nil && v.page.id == f.ID:
		if v.page.flying = false; !later {
			v.page = nil
		}
	case later:
		for _, m := range v.pending {
			if m.id == f.ID {
				m.flying = false
			}
		}
	case v.take(f.ID) != nil:
		v.counts.Refused++
	}
	return nil
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// asksForPerson reports whether the text is the word that requests a person.
func asksForPerson(text string) bool {
	word := strings.ToLower(strings.TrimSpace(text))
	return word == "escalate" || word == "/escalate"
}
