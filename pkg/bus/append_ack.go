package bus

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// parseAck reads the answer of a stream to a message that it was to store: its position, or
// the error that jetstream's PublishMsg would return.
func parseAck(msg *nats.Msg) (Stored, error) {
	if len(msg.Data) == 0 && msg.Header.Get("Status") == "503" {
		return Stored{}, jetstream.ErrNoStreamResponse
	}
	if stored, ok := parsePlainAck(msg.Data); ok {
		return stored, nil
	}
	var ack struct {
		Error     *jetstream.APIError `json:"error"`
		Stream    string              `json:"stream"`
		Seq       uint64              `json:"seq"`
		Duplicate bool                `json:"duplicate"`
	}
	switch err := json.Unmarshal(msg.Data, &ack); {
	case err != nil:
		return Stored{}, jetstream.ErrInvalidJSAck
	case ack.Error != nil:
		return Stored{}, fmt.Errorf("nats: %w", ack.Error)
	case ack.Stream == "":
		return Stored{}, jetstream.ErrInvalidJSAck
	}
	return Stored{Seq: ack.Seq, Duplicate: ack.Duplicate}, nil
}

// parsePlainAck reads what the server writes in almost all cases:
//
//	{"stream":"CHAT_0", "seq":7}
//	{"stream":"CHAT_0", "seq":7,"duplicate": true}
//
// with or without those spaces; false for anything else.
func parsePlainAck(data []byte) (s Stored, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(`{"stream":"`))
	if !ok {
		return s, false
	}
	end := bytes.IndexByte(rest, '"')
	if end <= 0 || rest[end-1] == '\\' {
		return s, false
	}
	rest, ok = bytes.CutPrefix(bytes.TrimPrefix(rest[end+1:], []byte(",")), []byte(`"seq":`))
	if !ok {
		return s, false
	}
	n := 0
	for ; n < len(rest) && n < maxDigits && '0' <= rest[n] && rest[n] <= '9'; n++ {
		s.Seq = s.Seq*10 + uint64(rest[n]-'0')
	}
	switch rest = rest[n:]; {
	case n == 0:
		return s, false
	case string(rest) == `}`:
		return s, true
	case string(rest) == `,"duplicate": true}`, string(rest) == `,"duplicate":true}`:
		s.Duplicate = true
		return s, true
	}
	return s, false
}

// maxDigits is how many digits of a number are sure to fit into a uint64.
const maxDigits = 19
