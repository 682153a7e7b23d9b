package bus

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/plainjson"
)

// hintHeader carries what the gateway knew of the chat when it stored a visitor's
// message. It saves the bot its reads; a decision to stay silent never relies on it.
const hintHeader = "Parley-Hint"

// Snapshot is a chat's state and the sequence of the event that carries it (0 if the
// stream has none): what a guarded append expects.
type Snapshot struct {
	Out   uint64     `json:"out"`
	State chat.State `json:"state"`
}

// A hint goes with every message, so it is written and read without reflection, in the
// bytes that encoding/json makes, which a test compares.

func (s *Snapshot) encode() (string, error) {
	var buf [256]byte
	b := strconv.AppendUint(append(buf[:0], `{"out":`...), s.Out, 10)
	if b, ok := s.State.AppendJSON(append(b, `,"state":`...)); ok {
		return string(append(b, '}')), nil
	}
	b, err := json.Marshal(*s) // a copy, or each hint would be allocated
	if err != nil {
		return "", fmt.Errorf("encode hint: %w", err)
	}
	return string(b), nil
}

// decodeHint returns the snapshot in a hint, or nil if there is none that can be read: that
// costs one more read.
func decodeHint(hint string) *Snapshot {
	if hint == "" {
		return nil
	}
	data, s := []byte(hint), new(Snapshot)
	if s.readPlain(data) {
		return s
	}
	s = new(Snapshot)
	if json.Unmarshal(data, s) != nil {
		return nil
	}
	return s
}

// readPlain returns false if the snapshot is written otherwise than encode writes it.
func (s *Snapshot) readPlain(data []byte) bool {
	r := plainjson.Read(data)
	r.Open()
	for r.Next() {
		switch string(r.Key) {
		case "out":
			s.Out = r.Uint()
		case "state":
			s.State.ReadPlain(&r)
		default:
			r.Fail()
		}
	}
	return r.Done()
}
