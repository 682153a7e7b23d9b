package live

import (
	"sync"

	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// maxHeld and maxHeldLen bound the live events, and their text in bytes, that wait
// while a subscriber catches up. A subscriber that needs more reads once again.
const (
	maxHeld    = 1000
	maxHeldLen = 256 << 10
)

// heldEvents wait while a subscriber, or a whole channel, reads missed events.
type heldEvents struct {
	events []chat.Event
	bytes  int
}

// add returns false if there is no room for the event.
func (h *heldEvents) add(e chat.Event) bool {
	if len(h.events) >= maxHeld || len(h.events) > 0 && h.bytes+len(e.Text) > maxHeldLen {
		return false
	}
	h.events, h.bytes = append(h.events, e), h.bytes+len(e.Text)
	return true
}

// take returns the first event and forgets it.
func (h *heldEvents) take() chat.Event {
	e := h.events[0]
	h.events, h.bytes = h.events[1:], h.bytes-len(e.Text)
	return e
}

// bytesOf is about what events take in memory.
func bytesOf(events []chat.Event) (n int) {
	for _, e := range events {
		n += e.Size()
	}
	return n
}

// subscriber is one socket that is shown one chat. It hands its socket the chat's
// events in the order of their sequences, each once.
type subscriber struct {
	sock     *conn.Socket
	agent    *chat.Agent // nil for a visitor
	reader   chat.Role   // decides which events it may see
	mu       sync.Mutex  // guards the fields below
	first    uint64      // it may see nothing before this event; 0: all
	last     uint64      // the last sequence handed over
	stored   uint64      // the last sequence that the client was told is stored
	welcomed bool        // the client was told where it begins: signals may reach it
	joined   bool        // live events go straight through
	held     heldEvents
	overflow bool // held was full; what came later must be read
}

// sees reports whether the subscriber may see the event; v.mu is held.
func (v *subscriber) sees(e chat.Event) bool { return e.Seq >= v.first && e.Kind.VisibleTo(v.reader) }

// live hands over an event that was just stored, or holds it while the subscriber
// catches up.
func (v *subscriber) live(e chat.Event, shared *sharedFrame) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.sees(e) {
		return
	}
	if !v.joined {
		v.overflow = v.overflow || !v.held.add(e)
		return
	}
	if e.Seq > v.last {
		v.sock.SendWithin(shared.encode(e, v.last, v.agent != nil), shared.hub.delivery(e, v.agent != nil))
		v.last = e.Seq
	}
}

// catchUp hands over events that were read, waiting for the client if it must. The
// session's goroutine calls it, before the subscriber has joined.
func (v *subscriber) catchUp(events []chat.Event) {
	defer v.sock.HoldWhile(bytesOf(events))()
	for _, e := range events {
		if v.sock.Leaving() {
			return
		}
		v.mu.Lock()
		prev, fits := v.last, e.Seq > v.last && v.sees(e)
		if fits {
			v.last = e.Seq
		}
		v.mu.Unlock()
		if fits {
			v.sock.SendPatiently(frame.EncodeEvent(e, prev, v.agent != nil))
		}
	}
}

// Acknowledged records that the client was told that its message is stored.
func (v *subscriber) Acknowledged(seq uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.stored = max(v.stored, seq)
}

// Known returns the last sequence that this gateway told the client of: a page that
// the client asks for must reach that far.
func (v *subscriber) Known() uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return max(v.last, v.stored)
}

// spoil says that an event may have been lost while the subscriber catches up.
func (v *subscriber) spoil() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.overflow = v.overflow || !v.joined
}

// join lets live events through, the held ones first. It returns false, so that the
// caller reads once more, if too many came meanwhile, or, with unsure, if another event
// may have been lost before one of the held ones.
func (v *subscriber) join(unsure bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.overflow {
		v.held, v.overflow = heldEvents{}, false
		return false
	}
	for _, e := range v.held.events {
		if unsure && e.Seq > v.last+1 {
			v.held = heldEvents{} // all of them are in the stream
			return false
		}
		if e.Seq > v.last {
			v.sock.Send(frame.EncodeEvent(e, v.last, v.agent != nil))
			v.last = e.Seq
		}
	}
	v.held, v.joined = heldEvents{}, true
	return true
}

// welcome sends the frame that tells the client where it begins, which is the first that
// it gets of the chat: a client can't know what a signal before it belongs to. Signals that
// come earlier are dropped, which does no harm: what they say is repeated or obsolete.
func (v *subscriber) welcome(frame []byte) {
	v.sock.SendPatiently(frame)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.welcomed = true
}

// isWelcomed reports whether the client was told where it begins.
func (v *subscriber) isWelcomed() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.welcomed
}

// signal passes a signal on, unless it is the subscriber's own or comes too early.
func (v *subscriber) signal(s bus.Signal, shared *sharedSignal) {
	if s.What == bus.Revoked {
		if v.agent == nil {
			v.sock.Close(conn.SignedOut)
		}
		return // agents go on
	}
	if s.What == bus.Drafted {
		if v.agent != nil && s.From.User == v.agent.User && v.isWelcomed() {
			v.sock.Send(shared.encode(s, true))
		}
		return // for their own consoles, that which typed it included
	}
	if s.What == bus.Looks && v.agent == nil {
		return // for agents only
	}
	// What is about the visitor's being there is from one, or an agent's question.
	if v.agent == nil && (s.From.Role == chat.RoleVisitor || s.What == bus.Who) || v.agent != nil && s.From.User == v.agent.User {
		return // one's own
	}
	if !v.isWelcomed() {
		return
	}
	v.sock.Send(shared.encode(s, v.agent != nil))
}

// sharedSignal encodes one signal once for all subscribers that show it alike.
type sharedSignal struct {
	id    chat.ID
	bytes [2][]byte
}

func (f *sharedSignal) encode(s bus.Signal, forAgent bool) []byte {
	i, about := 0, chat.ID("")
	if forAgent {
		i, about = 1, f.id
	}
	if f.bytes[i] == nil {
		shown := frame.SignalOf(s)
		shown.Chat = about
		f.bytes[i] = frame.Encode(shown)
	}
	return f.bytes[i]
}

// sharedFrame encodes one event once for all subscribers that show it alike.
type sharedFrame struct {
	hub   *Hub
	prev  [2]uint64
	bytes [2][]byte
}

func (f *sharedFrame) encode(e chat.Event, prev uint64, forAgent bool) []byte {
	i := 0
	if forAgent {
		i = 1
	}
	if f.bytes[i] == nil || f.prev[i] != prev {
		f.bytes[i], f.prev[i] = frame.EncodeEvent(e, prev, forAgent), prev
	}
	return f.bytes[i]
}
