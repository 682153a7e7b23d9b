package talk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Visitor keeps a conversation whole over lost connections. Run keeps a connection
// to one of the gateways; the other methods may be called meanwhile, from any
// goroutine.
type Visitor struct {
	Name     string
	Gateways func() []string // the base URLs of those that may serve now
	First    int             // the index of the one to begin with; each connection takes the next
	Again    int             // how often ReadAgain asked for a page again

	mu       sync.Mutex // guards what follows
	socket   *Socket    // nil until it is welcomed
	token    string
	chat     string
	events   []Frame           // all, in the order in which they came
	pending  []pending         // in the order in which they were sent
	acks     map[string]uint64 // client id to sequence
	times    map[string]time.Time
	refusals []Frame
	slowest  time.Duration // from Say to the acknowledgment
	returns  int           // the number of reconnections
	faults   []string
	complete uint64 // events up to this one have to come before anything is resent
}

// pending is a frame that is not acknowledged.
type pending struct {
	id    string
	frame map[string]any
	on    *Socket // the connection that it was last sent on
}

// Run keeps the visitor connected until the context ends.
func (v *Visitor) Run(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		all := v.Gateways()
		v.connection(ctx, all[(v.First+try)%len(all)])
		_ = wait.Pause(ctx)
	}
}

func (v *Visitor) connection(ctx context.Context, base string) {
	s, err := Dial(ctx, base, nil)
	if err != nil {
		return
	}
	defer s.Close()
	defer context.AfterFunc(ctx, s.Close)()
	v.mu.Lock()
	if v.acks == nil {
		v.acks, v.times = map[string]uint64{}, map[string]time.Time{}
	}
	if v.token == "" {
		v.token = Secret()
	}
	hello := map[string]any{"t": "hello", "name": v.Name, "token": v.token, "since": v.last()}
	v.mu.Unlock()
	if s.Write(hello) != nil {
		return
	}
	for {
		f, err := s.Read()
		if err != nil {
			v.mu.Lock()
			v.socket = nil
			v.mu.Unlock()
			return
		}
		v.hear(s, f)
	}
}

// last is the sequence of the last event; v.mu is held.
func (v *Visitor) last() uint64 {
	if n := len(v.events); n > 0 {
		return v.events[n-1].Seq
	}
	return 0
}

func (v *Visitor) hear(s *Socket, f Frame) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch f.T {
	case "welcome":
		if v.chat != "" {
			v.returns++
		}
		v.token, v.chat, v.socket, v.complete = f.Token, f.Chat, s, f.Seq
	case "event":
		if prev := v.last(); prev != 0 && (f.Prev != prev || f.Seq <= prev) {
			v.faults = append(v.faults, fmt.Sprintf("event %d, which names %d before it, came after %d", f.Seq, f.Prev, prev))
		}
		v.events = append(v.events, f)
	case "ack":
		if seq, known := v.acks[f.ID]; known && seq != f.Seq {
			v.faults = append(v.faults, fmt.Sprintf("%s is acknowledged as %d and as %d", f.ID, seq, f.Seq))
		}
		if _, known := v.acks[f.ID]; !known {
			v.slowest = max(v.slowest, time.Since(v.times[f.ID]))
		}
		v.acks[f.ID] = f.Seq
		v.pending = slices.DeleteFunc(v.pending, func(p pending) bool { return p.id == f.ID })
	case "error":
		// What can't be done now is retried on the next connection.
		v.refusals = append(v.refusals, f)
		if f.Code != "unavailable" && f.Code != "rate_limited" {
			v.faults = append(v.faults, fmt.Sprintf("%s is answered by %s: %s", f.ID, f.Code, f.Message))
		}
		s.Close()
	}
	if v.socket != nil && v.last() >= v.complete {
		v.flush()
	}
}

// flush sends what this connection has not sent yet; v.mu is held.
func (v *Visitor) flush() {
	for i := range v.pending {
		p := &v.pending[i]
		if p.on == v.socket {
			continue
		}
		if p.on != nil && p.frame["t"] == "send" {
			p.frame["again"] = true
		}
		p.on = v.socket
		if v.socket.Write(p.frame) != nil {
			return
		}
	}
}

// Say sends a message, now or as soon as there is a connection.
func (v *Visitor) Say(id, text string) {
	v.add(id, map[string]any{"t": "send", "id": id, "text": text})
}

// Escalate requests a person.
func (v *Visitor) Escalate(id string) { v.add(id, map[string]any{"t": "escalate", "id": id}) }

func (v *Visitor) add(id string, frame map[string]any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.times == nil {
		v.acks, v.times = map[string]uint64{}, map[string]time.Time{}
	}
	v.times[id] = time.Now()
	v.pending = append(v.pending, pending{id: id, frame: frame})
	if v.socket != nil && v.last() >= v.complete {
		v.flush()
	}
}

// Chat returns the id of the visitor's chat, empty before the first welcome.
func (v *Visitor) Chat() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.chat
}

// Acks returns the sequences of what was acknowledged so far, by client id.
func (v *Visitor) Acks() map[string]uint64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return maps.Clone(v.acks)
}

// Pending is the number of messages and requests that are not acknowledged.
func (v *Visitor) Pending() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.pending)
}

// Refusals returns the error frames so far.
func (v *Visitor) Refusals() []Frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.refusals)
}

// Faults returns the promises that were broken on the way.
func (v *Visitor) Faults() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.faults)
}

// Events returns the events seen so far.
func (v *Visitor) Events() []Frame {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.events)
}

// Sees waits for an event.
func (v *Visitor) Sees(ctx context.Context, limit time.Duration, what string, want func(Frame) bool) error {
	return wait.Until(ctx, limit, v.Name+" sees "+what, func(context.Context) string {
		if events := v.Events(); !slices.ContainsFunc(events, want) {
			return fmt.Sprintf("it is not among %d events", len(events))
		}
		return ""
	})
}
