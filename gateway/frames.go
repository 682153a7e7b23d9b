package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
)

// clientFrame is what a visitor or an agent may send. docs/protocol.md says
// which fields belong to which kind.
type clientFrame struct {
	T      string `json:"t"`
	ID     string `json:"id"`
	Chat   string `json:"chat"`
	Name   string `json:"name"`
	Token  string `json:"token"`
	Since  uint64 `json:"since"`
	Text   string `json:"text"`
	Again  bool   `json:"again"`
	Score  int    `json:"score"`
	Before before `json:"before"`
	Limit  int    `json:"limit"`
	On     bool   `json:"on"`
	Seq    uint64 `json:"seq"`
}

// before is where a page ends: a sequence, or a time in the list of all chats.
type before struct {
	seq uint64
	at  time.Time
}

// UnmarshalJSON reads a number as a sequence and a string as a time.
func (b *before) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '"' {
		return json.Unmarshal(data, &b.seq)
	}
	if string(data) == `""` {
		return nil
	}
	return json.Unmarshal(data, &b.at)
}

// The codes of error frames. Programs act on them, people read the message.
const (
	codeBadFrame    = "bad_frame"
	codeHelloFirst  = "hello_first"
	codeRateLimited = "rate_limited"
	codeUnavailable = "unavailable"
	codeNotFound    = "not_found"
	codeTooLong     = "too_long"
	codeBadText     = "bad_text"
)

// parseFrame reads a frame from outside.
func parseFrame(data []byte) (clientFrame, error) {
	var f clientFrame
	if data == nil {
		return f, refuse(codeBadFrame, "Frames are text, not binary.")
	}
	if !utf8.Valid(data) {
		return f, refuse(codeBadFrame, "This frame is not valid UTF-8.")
	}
	if loneSurrogate(data) {
		return f, refuse(codeBadFrame, "This frame holds half a surrogate pair, which is no character.")
	}
	if err := json.Unmarshal(data, &f); err != nil {
		var field *json.UnmarshalTypeError
		if errors.As(err, &field) && field.Field != "" {
			return clientFrame{ID: f.ID}, refuse(codeBadFrame, fmt.Sprintf("The field %q can't be a %s.", field.Field, field.Value))
		}
		return clientFrame{}, refuse(codeBadFrame, "A frame is one JSON object with a field \"t\".")
	}
	if f.T == "" {
		return f, refuse(codeBadFrame, "A frame names its kind in the field \"t\".")
	}
	return f, nil
}

// loneSurrogate reports whether the JSON text escapes half a surrogate pair:
// encoding/json would replace it silently, and what is stored would not be what
// was sent.
func loneSurrogate(data []byte) bool {
	for i := 0; ; {
		at := bytes.IndexByte(data[i:], '\\')
		if at < 0 || i+at+1 >= len(data) {
			return false
		}
		i += at
		unit, ok := escapedUnit(data[i:])
		switch {
		case !ok:
			i += 2
		case unit >= 0xD800 && unit < 0xDC00:
			low, ok := escapedUnit(data[i+6:])
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 12
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		default:
			i += 6
		}
	}
}

// escapedUnit reads a \uXXXX at the start of data.
func escapedUnit(data []byte) (unit rune, ok bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	for _, c := range data[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | rune(c)
	}
	return unit, true
}

func refuse(code, sentence string) *bus.Refusal { return &bus.Refusal{Code: code, Message: sentence} }

// speaker is who speaks, as clients read it. User is for agents only.
type speaker struct {
	Role chat.Role `json:"role"`
	Name string    `json:"name,omitempty"`
	User string    `json:"user,omitempty"`
}

type eventFrame struct {
	T       string           `json:"t,omitempty"`
	Chat    chat.ID          `json:"chat,omitempty"`
	Seq     uint64           `json:"seq"`
	Prev    uint64           `json:"prev"`
	At      time.Time        `json:"at"`
	Kind    chat.Kind        `json:"kind"`
	ID      string           `json:"id,omitempty"`
	From    speaker          `json:"from"`
	Text    string           `json:"text,omitempty"`
	What    chat.RequestKind `json:"what,omitempty"`
	Score   int              `json:"score,omitempty"`
	Status  chat.Status      `json:"status,omitempty"`
	Agent   string           `json:"agent,omitempty"`
	Reason  chat.Reason      `json:"reason,omitempty"`
	Through uint64           `json:"through,omitempty"`
}

// frameOf shows an event to a viewer. Account names are for agents only.
func frameOf(e chat.Event, prev uint64, forAgent bool) eventFrame {
	f := eventFrame{
		T: "event", Seq: e.Seq, Prev: prev, At: e.At, Kind: e.Kind, ID: e.ID, Text: e.Text,
		From: speaker{Role: e.From.Role, Name: e.From.Name}, What: e.Request, Score: e.Score, Reason: e.Reason,
	}
	// An agent's id is kept with the account before it; the client knows its own.
	if e.From.User != "" {
		f.ID = strings.TrimPrefix(e.ID, e.From.User+"/")
	}
	if forAgent {
		f.Chat, f.From.User = e.Chat, e.From.User
	}
	if e.State != nil {
		f.Status, f.Through = e.State.Is(), e.State.AnsweredThrough
		if e.State.Agent != nil {
			f.Agent = e.State.Agent.Name
		}
	}
	return f
}

type ackFrame struct {
	T   string `json:"t"`
	ID  string `json:"id"`
	Seq uint64 `json:"seq,omitempty"`
}

type pageFrame struct {
	T      string       `json:"t"`
	ID     string       `json:"id"`
	Chat   chat.ID      `json:"chat,omitempty"`
	Events []eventFrame `json:"events"`
	More   bool         `json:"more"`
}

type signalFrame struct {
	T       string         `json:"t"`
	Chat    chat.ID        `json:"chat,omitempty"`
	What    bus.SignalKind `json:"what"`
	From    *speaker       `json:"from,omitempty"`
	On      *bool          `json:"on,omitempty"`
	Seq     uint64         `json:"seq,omitempty"`
	Turn    string         `json:"turn,omitempty"`
	Pos     *int           `json:"pos,omitempty"`
	Text    string         `json:"text,omitempty"`
	Place   int            `json:"place,omitempty"`
	Waiting int            `json:"waiting,omitempty"`
	AboutMS int64          `json:"about_ms,omitempty"`
}

func signalOf(s bus.Signal) signalFrame {
	f := signalFrame{T: "signal", What: s.What, From: &speaker{Role: s.From.Role, Name: s.From.Name}, Seq: s.Seq, Turn: s.Turn, Text: s.Text}
	switch s.What {
	case bus.Typing:
		f.On = &s.On
	case bus.Delta:
		f.Pos = &s.Pos
	}
	return f
}

type errorFrame struct {
	T       string  `json:"t"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
	ID      string  `json:"id,omitempty"`
	Chat    chat.ID `json:"chat,omitempty"`
	RetryMS int64   `json:"retry_after_ms,omitempty"`
}

// errorOf is the one table from errors to what a client reads.
func errorOf(err error, id string) errorFrame {
	f := errorFrame{T: "error", ID: id}
	var no *bus.Refusal
	var text *chat.TextError
	var slow *slowDown
	var busy *busyError
	switch {
	case errors.As(err, &slow):
		f.Code, f.Message, f.RetryMS = codeRateLimited, "That was too much at once. It goes on in a moment.", max(1, slow.after.Milliseconds())
	case errors.As(err, &busy):
		f.Code, f.Message, f.RetryMS = codeUnavailable, busy.sentence, max(1, busy.after.Milliseconds())
	case errors.As(err, &no):
		f.Code, f.Message = no.Code, no.Message
	case errors.As(err, &text) && text.TooLong:
		f.Code, f.Message = codeTooLong, text.Sentence
	case errors.As(err, &text):
		f.Code, f.Message = codeBadText, text.Sentence
	default:
		f.Code, f.Message, f.RetryMS = codeUnavailable, "This can't be done right now. It is tried again in a moment.", 1000
	}
	return f
}

// slowDown refuses what comes too fast.
type slowDown struct{ after time.Duration }

func (e *slowDown) Error() string { return "too much at once" }

// encode never fails: the frames hold nothing that JSON can't express.
func encode(frame any) []byte {
	b, err := json.Marshal(frame)
	if err != nil {
		panic(fmt.Sprintf("encode a frame: %v", err))
	}
	return b
}
