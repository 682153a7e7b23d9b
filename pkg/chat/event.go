package chat

import (
	"encoding/json"
	"fmt"
	"time"
)

// RequestKind names what a Request asks for.
type RequestKind string

// The requests that a visitor (Escalate: also the bot) can make. LeaveEmail leaves an address
// for the time when somebody is there again. GiveName says what a visitor wants to be called
// who began without a name: the name is that of its Speaker.
const (
	Escalate RequestKind = "escalate"
	Cancel   RequestKind = "cancel"
	Close    RequestKind = "close"
	Rate     RequestKind = "rate"

	LeaveEmail RequestKind = "leave_email"
	GiveName   RequestKind = "name"

	// Fence is nobody's wish. It is the last input of a chat at its old home: whatever comes
	// after it belongs to the new one.
	Fence RequestKind = "moved"
)

// Role says on whose behalf an event was written.
type Role string

// The roles that can write in a chat.
const (
	RoleVisitor Role = "visitor"
	RoleBot     Role = "bot"
	RoleAgent   Role = "agent"
	RoleSystem  Role = "system"
)

// Speaker is the author of an event.
type Speaker struct {
	Role Role   `json:"role"`
	Name string `json:"name,omitempty"`
	// User is an agent's account name. It is never shown to visitors.
	User string `json:"user,omitempty"`
}

// Event is one entry of a chat's log, as the stream and the store keep it. The stream
// assigns Seq and At when it stores the event.
type Event struct {
	Chat ID        `json:"chat,omitempty"`
	Seq  uint64    `json:"seq,omitempty"`
	At   time.Time `json:"at,omitzero"`

	Kind Kind    `json:"kind"`
	ID   string  `json:"id,omitempty"` // the client's id, if a client sent it
	From Speaker `json:"from"`
	Text string  `json:"text,omitempty"`
	// Parts are nil in most events.
	*Parts

	// Aside marks a Reply that is a set phrase, such as an apology or a greeting, rather
	// than an answer: a language model is not shown it as the bot's own words. Replicas
	// that don't know it show the reply as any other.
	Aside bool `json:"aside,omitempty"`

	// Request, Score and Covers belong to a Request. Covers is set on the bot's own
	// request to escalate: the sequence of the reply that announced it.
	Request RequestKind `json:"what,omitempty"`
	Score   int         `json:"score,omitempty"`
	Covers  uint64      `json:"covers,omitempty"`

	// State is the chat's state after this event. Every event on an "out"
	// subject carries it, so the last of them is the chat's state.
	State *State `json:"state,omitempty"`
	// Reason is the reason of a StateChange, in one word.
	Reason Reason `json:"reason,omitempty"`

	// Trace is the W3C traceparent of the append, if that is traced. It travels
	// beside the event and is never part of it.
	Trace string `json:"-"`
	// Raw is the event as Encode wrote it, if whoever decoded it kept that for a store.
	// Who changes the event must clear it. It is never part of the event.
	Raw string `json:"-"`
	// Why belongs to a Reply: what the bot made of its own answer, for the note that agents read
	// when the chat is handed over. Like Trace it travels beside the event, so neither visitors
	// nor stores get it; nil in most replies.
	Why *Why `json:"-"`
	// Source stands for the address block that a visitor's event came from, and for the
	// networks above it: a keyed hash of each, the narrowest first (see SourceLevels), as
	// gateways make them, or empty if the address is not known. Limits are shared by it.
	// Like Trace it travels beside the event, and no store keeps it.
	Source string `json:"-"`
}

// Said reports whether the text is what somebody has to say: not a sentence of the
// program, and not the command that calls a person, which tells a reader nothing.
func (e *Event) Said() bool {
	return e.Text != "" && e.Kind.Spoken() && (e.Kind != Request || e.Request != Escalate)
}

// Words is what a list of chats shows of the event: its text, if that is what somebody has to say,
// or else the name of the first file that was sent with it; "" for none.
func (e *Event) Words() string {
	if e.Said() {
		return e.Text
	}
	if files := e.Files(); len(files) > 0 && e.Text == "" && e.Kind.Spoken() {
		return files[0].Name
	}
	return ""
}

// IsFence reports whether the event ends the inputs of a chat at its old home.
func (e *Event) IsFence() bool { return e.Kind == Request && e.Request == Fence }

// IsHint reports whether the event is an input that a later one may name as the one before it. A
// fence never is, or what names it would be stored behind it.
func (e *Event) IsHint() bool { return e.Kind.IsInput() && !e.IsFence() }

// Email returns the address that a Request to LeaveEmail leaves, or "".
func (e *Event) Email() string {
	if e.Parts == nil {
		return ""
	}
	return e.Parts.Email
}

// Team returns what a Message, a Request or a Reply calls the team that it is for, or "".
func (e *Event) Team() string {
	if e.Parts == nil {
		return ""
	}
	return e.Parts.Team
}

// Card returns the card that a CardChange left, or nil.
func (e *Event) Card() *Card {
	if e.Parts == nil {
		return nil
	}
	return e.Parts.Card
}

// Files returns the files that were sent with the event.
func (e *Event) Files() []File {
	if e.Parts == nil {
		return nil
	}
	return e.Parts.Files
}

// Size is about how many bytes the event takes in memory.
func (e *Event) Size() int { return len(e.Text) + e.Parts.Size() + 256 }

// encodedRest is about how long an encoded event is beside its text.
const encodedRest = 256

// Encode returns the event as the JSON that the stream stores, or an error that
// wraps ErrUnknownKind. Chat, Seq and At are left out: the subject and the stream
// carry them.
func (e Event) Encode() ([]byte, error) {
	if err := e.Kind.Check(); err != nil {
		return nil, err
	}
	e.Chat, e.Seq, e.At = "", 0, time.Time{}
	if b, ok := e.AppendJSON(make([]byte, 0, len(e.Text)+e.Parts.Size()+encodedRest)); ok {
		return b, nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode %s event: %w", e.Kind, err)
	}
	return b, nil
}

// Decode reads what Encode wrote and adds what the stream knows about the event. It
// also decodes an event of a kind that only a later version knows, as far as it
// understands it, because readers must get past it. See Kind.
func Decode(data []byte, id ID, seq uint64, at time.Time) (Event, error) {
	var e Event
	if !e.readPlain(data) {
		var err error
		if e, err = decodeOther(data); err != nil {
			return Event{}, fmt.Errorf("decode event %d of chat %s: %w", seq, id, err)
		}
	}
	if e.Kind.CarriesState() && e.State == nil {
		return Event{}, fmt.Errorf("decode event %d of chat %s: a %s without the chat's state", seq, id, e.Kind)
	}
	e.Chat, e.Seq, e.At = id, seq, at.UTC()
	return e, nil
}

// decodeOther decodes an event that is not written plainly. It is apart since an event whose
// address encoding/json is given is allocated.
func decodeOther(data []byte) (e Event, err error) {
	err = json.Unmarshal(data, &e)
	return e, err
}
