package bus

import (
	"encoding/json"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
)

// SignalKind names a signal.
type SignalKind string

// The signals between processes. (The queue position is not one of them: each gateway
// computes it from the desk.)
const (
	Typing SignalKind = "typing" // somebody is typing, or stopped
	Read   SignalKind = "read"   // somebody has read up to Seq
	Delta  SignalKind = "delta"  // a piece of the reply that the bot is composing
	// Who asks whether the visitor is there: an agent wants to know, or one of the visitor's
	// pages has gone. Every gateway that shows the chat to the visitor answers with Here.
	Who SignalKind = "who"
	// Here says that the visitor is there; Text is the site's page with the chat, if that was
	// just said. Neither is passed on to visitors.
	Here SignalKind = "here"
	// Looks says that an agent has the chat in view (On), whether they write in it (Writes),
	// and how far they have read (Seq), or that they no longer have it in view. It is for
	// agents only, and has a subject of its own that nobody else follows. It is repeated every
	// few seconds.
	Looks SignalKind = "looks"
	// Drafted says that an agent has typed something in the chat, on one of their devices, which is
	// kept as edition Seq: for their other consoles alone, on the subject of Looks. What was typed
	// is not part of it.
	Drafted SignalKind = "drafted"
	// Revoked says that the visitor's tokens for the chat are no longer valid. It ends
	// visitors' connections and is not passed on to them.
	Revoked SignalKind = "revoked"
)

// forAgents reports whether the signal has the subject that only agents' consoles follow.
func (k SignalKind) forAgents() bool { return k == Looks || k == Drafted }

// Signal is something that matters only now, and is never stored. It may be lost, and it
// may arrive after the event that makes it obsolete.
type Signal struct {
	What SignalKind   `json:"what"`
	From chat.Speaker `json:"from"`
	On   bool         `json:"on,omitempty"`
	// Writes is part of Looks.
	Writes bool   `json:"writes,omitempty"`
	Seq    uint64 `json:"seq,omitempty"`
	// Turn names one attempt of the bot at a reply; Pos is how many code points of it
	// were sent before Text.
	Turn string `json:"turn,omitempty"`
	Pos  int    `json:"pos,omitempty"`
	Text string `json:"text,omitempty"`
	// Attributes belong to Here, as Text does: what the page says of its visitor now.
	Attributes []chat.Attribute `json:"attributes,omitempty"`
}

// SendSignal sends a signal to everyone who follows the chat.
func (c *Conn) SendSignal(id chat.ID, s Signal) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode signal: %w", err)
	}
	subject := c.at(id, signalSubject(id))
	if s.What.forAgents() {
		subject = c.at(id, looksSubject(id))
	}
	if err := c.nc.Publish(string(subject), b); err != nil {
		return fmt.Errorf("signal to chat %s: %w", id, translate(err))
	}
	return nil
}
