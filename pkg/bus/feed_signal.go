package bus

import (
	"encoding/json"
	"fmt"

	"github.com/parley-chat/parley/pkg/chat"
)

// SignalKind names a signal.
type SignalKind string

// The signals that travel between processes. (The place in the queue is not
// among them: each gateway reads it off the desk.)
const (
	Typing SignalKind = "typing" // somebody writes, or no longer does
	Read   SignalKind = "read"   // somebody has read up to Seq
	Delta  SignalKind = "delta"  // a piece of the reply that the bot is thinking of
)

// Signal is something that is worth telling now and never stored. It may be
// lost, and it may come after the event that makes it void.
type Signal struct {
	What SignalKind   `json:"what"`
	From chat.Speaker `json:"from"`
	On   bool         `json:"on,omitempty"`
	Seq  uint64       `json:"seq,omitempty"`
	// Turn names one attempt of the bot's; Pos is how many code points of it
	// were sent before Text.
	Turn string `json:"turn,omitempty"`
	Pos  int    `json:"pos,omitempty"`
	Text string `json:"text,omitempty"`
}

// SendSignal tells everyone who follows the chat.
func (c *Conn) SendSignal(id chat.ID, s Signal) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode signal: %w", err)
	}
	if err := c.nc.Publish(string(signalSubject(id)), b); err != nil {
		return fmt.Errorf("signal to chat %s: %w", id, translate(err))
	}
	return nil
}
