package frame

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/settings"
)

// Encode never fails: the frames hold nothing that JSON can't express.
func Encode(frame any) []byte {
	b, err := json.Marshal(frame)
	if err != nil {
		panic(fmt.Sprintf("encode a frame: %v", err))
	}
	return b
}

// Speaker is the author of an event, as clients read it. User is for agents only.
type Speaker struct {
	Role chat.Role `json:"role"`
	Name string    `json:"name,omitempty"`
	User string    `json:"user,omitempty"`
}

// Event shows an event of a chat.
type Event struct {
	T    string    `json:"t,omitempty"`
	Chat chat.ID   `json:"chat,omitempty"`
	Seq  uint64    `json:"seq"`
	Prev uint64    `json:"prev"`
	At   time.Time `json:"at"`
	Kind chat.Kind `json:"kind"`
	ID   string    `json:"id,omitempty"`
	From Speaker   `json:"from"`
	Text string    `json:"text,omitempty"`
	*chat.Parts
	Request chat.RequestKind `json:"what,omitempty"`
	Score   int              `json:"score,omitempty"`
	Status  chat.Status      `json:"status,omitempty"`
	Agent   string           `json:"agent,omitempty"`
	Reason  chat.Reason      `json:"reason,omitempty"`
	Called  string           `json:"called,omitempty"` // of a change because the visitor gave a name: that name
	Through uint64           `json:"through,omitempty"`
	Visit   uint64           `json:"visit,omitempty"` // for agents only
	Until   time.Time        `json:"until,omitzero"`  // of a chat that is snoozed until then; for agents only
}

// EventOf shows an event to a client; prev is the sequence of the event before it
// in what the client may see. Account names and e-mail addresses are for agents only.
func EventOf(e chat.Event, prev uint64, forAgent bool) Event {
	f := Event{
		T: "event", Seq: e.Seq, Prev: prev, At: e.At, Kind: e.Kind, ID: e.ID, Text: e.Text, Parts: e.Parts,
		From: Speaker{Role: e.From.Role, Name: e.From.Name}, Request: e.Request, Score: e.Score, Reason: e.Reason,
	}
	// An agent's id is stored with the account before it; the client knows its own.
	if e.From.User != "" {
		f.ID = strings.TrimPrefix(e.ID, e.From.User+"/")
	}
	if forAgent {
		f.Chat, f.From.User = e.Chat, e.From.User
	} else if e.Reason.ForAgents() { // nothing changed for the visitor
		f.Reason, f.ID, f.From = "", "", Speaker{Role: chat.RoleSystem}
	} else if e.Email() != "" {
		shown := *e.Parts
		shown.Email = ""
		f.Parts = &shown
	}
	if e.State != nil {
		f.Status, f.Through = e.State.Is(), e.State.AnsweredThrough
		if e.State.Agent != nil {
			f.Agent = e.State.Agent.Name
		}
		if forAgent {
			f.Visit = e.State.Visit
			if e.Reason == chat.Snoozed {
				f.Until = e.State.Until
			}
		}
		if e.Reason == chat.NameGiven {
			f.Called = e.State.Visitor
		}
	}
	return f
}

// Ack says that a frame was stored, or done.
type Ack struct {
	T   string `json:"t"`
	ID  string `json:"id"`
	Seq uint64 `json:"seq,omitempty"`
}

// Page is a page of older events.
type Page struct {
	T      string  `json:"t"`
	ID     string  `json:"id"`
	Chat   chat.ID `json:"chat,omitempty"`
	Events []Event `json:"events"`
	More   bool    `json:"more"`
}

// PageOf answers the page frame with that client id. about names the chat to an
// agent. Events of a kind that only the history service knows are left out.
func PageOf(id string, about chat.ID, reply roles.PageReply, reader chat.Role) Page {
	p := Page{T: "page", ID: id, Chat: about, Events: make([]Event, 0, len(reply.Events)), More: reply.Prev > 0}
	prev := reply.Prev
	for _, e := range reply.Events {
		if !e.Kind.VisibleTo(reader) {
			continue
		}
		shown := EventOf(e, prev, reader == chat.RoleAgent)
		shown.T, shown.Chat = "", ""
		p.Events, prev = append(p.Events, shown), e.Seq
	}
	return p
}

// Signal passes on what is never stored.
type Signal struct {
	T       string         `json:"t"`
	Chat    chat.ID        `json:"chat,omitempty"`
	What    bus.SignalKind `json:"what"`
	From    *Speaker       `json:"from,omitempty"`
	On      *bool          `json:"on,omitempty"`
	Writes  bool           `json:"writes,omitempty"`
	Seq     uint64         `json:"seq,omitempty"`
	Turn    string         `json:"turn,omitempty"`
	Pos     *int           `json:"pos,omitempty"`
	Text    string         `json:"text,omitempty"`
	Place   int            `json:"place,omitempty"`
	Waiting int            `json:"waiting,omitempty"`
	AboutMS int64          `json:"about_ms,omitempty"`
	Nobody  bool           `json:"nobody,omitempty"` // no agent is available
	Busy    bool           `json:"busy,omitempty"`   // all who are online have a chat
	// Attributes are what a page says of its visitor now; for agents only.
	Attributes []chat.Attribute `json:"attributes,omitempty"`
}

// SignalOf shows a signal of the bus.
func SignalOf(s bus.Signal) Signal {
	f := Signal{T: "signal", What: s.What, From: &Speaker{Role: s.From.Role, Name: s.From.Name}, Seq: s.Seq, Turn: s.Turn, Text: s.Text}
	if s.What == bus.Here {
		f.Attributes = s.Attributes
	}
	switch s.What {
	case bus.Typing:
		f.On = &s.On
	case bus.Looks: // for agents only, who tell people by their accounts
		f.On, f.Writes, f.From.User = &s.On, s.Writes, s.From.User
	case bus.Delta:
		f.Pos = &s.Pos
	}
	return f
}

// Queue tells a waiting visitor the position in the queue, from 1, of how many
// there are, and about how long it takes (0: not known).
func Queue(position, waiting int, about time.Duration) Signal {
	return Signal{T: "signal", What: "queue", Place: position, Waiting: waiting, AboutMS: about.Milliseconds()}
}

// Welcome answers a visitor's hello.
type Welcome struct {
	T      string      `json:"t"`
	Chat   chat.ID     `json:"chat"`
	Name   string      `json:"name"`
	Token  string      `json:"token"`
	Status chat.Status `json:"status"`
	Agent  string      `json:"agent,omitempty"`
	Seq    uint64      `json:"seq"`
	More   bool        `json:"more"`
	Read   uint64      `json:"read,omitempty"` // how far the agents have read
	// Called is the name that the visitor gave in the chat, by which it is shown instead of
	// Name; empty if none was given.
	Called string `json:"called,omitempty"`
	// Files says what may be sent, and opens those of the chat; nil: none are sent here.
	Files *FileRules `json:"files,omitempty"`
	// FaceRevision is that of the face (see settings.Face) that the client's page should have.
	FaceRevision uint64 `json:"face_revision,omitempty"`
}

// Face tells a visitor's client what admins changed about how the chat looks and what it says.
type Face struct {
	T    string        `json:"t"`
	Face settings.Face `json:"face"`
}
